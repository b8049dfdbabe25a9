//! The names of months and weekdays, as dates on pages write them.

use std::collections::HashMap;
use std::sync::OnceLock;

use crate::text::{Case, fold_into};

/// A word that stands in dates.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum DateWord {
    Month,
    Weekday,
    /// A word before a number that makes it a month, such as the Vietnamese one.
    MonthMark,
    /// A word without which the date would be the same: "of", "de", "года".
    Filler,
}

/// Months in the forms that stand beside a day or a year, in full and short.
const MONTHS: &[&str] = &[
    // English, and the short forms that many languages share.
    "january february march april may june july august september october november december",
    "jan feb mar apr jun jul aug sep sept oct nov dec",
    // German, Dutch, the Nordic languages.
    "januar jänner februar feber märz mai juni juli oktober dezember mär mrz okt dez",
    "januari februari maart mei augustus mrt",
    "mars maj augusti",
    "marts",
    "desember des",
    "tammikuu helmikuu maaliskuu huhtikuu toukokuu kesäkuu heinäkuu elokuu syyskuu lokakuu marraskuu joulukuu",
    "tammikuuta helmikuuta maaliskuuta huhtikuuta toukokuuta kesäkuuta heinäkuuta elokuuta syyskuuta lokakuuta \
     marraskuuta joulukuuta",
    // Romance languages.
    "janvier février avril juin juillet août septembre octobre novembre décembre janv févr avr juil déc",
    "enero febrero marzo abril mayo junio julio agosto septiembre setiembre octubre noviembre diciembre ene abr ago set \
     dic",
    "gennaio febbraio aprile maggio giugno luglio settembre ottobre dicembre gen mag giu lug ott",
    "janeiro fevereiro março maio junho julho setembro outubro novembro dezembro fev out dez",
    "ianuarie februarie martie aprilie iunie iulie septembrie octombrie noiembrie decembrie ian iun iul noi",
    "gener febrer març maig juny juliol agost setembre desembre",
    // Slavic languages.
    "stycznia lutego marca kwietnia maja czerwca lipca sierpnia września października listopada grudnia sty lut kwi cze \
     lip sie wrz paź lis gru",
    "styczeń luty marzec kwiecień czerwiec lipiec sierpień wrzesień październik listopad grudzień",
    "ledna února března dubna května června července srpna září října listopadu prosince",
    "leden únor březen duben květen červen červenec srpen říjen prosinec",
    "januára februára apríla mája júna júla augusta septembra októbra novembra decembra",
    "siječnja veljače ožujka travnja svibnja lipnja srpnja kolovoza rujna studenoga prosinca",
    "januarja februarja julija junija avgusta oktobra",
    "января февраля марта апреля мая июня июля августа сентября октября ноября декабря янв фев мар апр июн июл авг сен \
     сент окт ноя нояб дек",
    "январь февраль март апрель май июнь июль август сентябрь октябрь ноябрь декабрь",
    "січня лютого березня квітня травня червня липня серпня вересня жовтня листопада грудня",
    "січень лютий березень квітень травень червень липень серпень вересень жовтень листопад грудень",
    "януари февруари април юни юли септември октомври ноември декември",
    // Greek, Hungarian, Turkish, the Baltic languages.
    "ιανουαρίου φεβρουαρίου μαρτίου απριλίου μαΐου ιουνίου ιουλίου αυγούστου σεπτεμβρίου οκτωβρίου νοεμβρίου δεκεμβρίου",
    "ιανουάριος φεβρουάριος μάρτιος απρίλιος μάιος ιούνιος ιούλιος αύγουστος σεπτέμβριος οκτώβριος νοέμβριος δεκέμβριος",
    "ιαν φεβ μαρ απρ μαι ιουν ιουλ αυγ σεπ οκτ νοε δεκ",
    "január február március április május június július augusztus szeptember október máj jún júl szept",
    "ocak şubat mart nisan mayıs haziran temmuz ağustos eylül ekim kasım aralık oca şub nis haz tem ağu eyl eki kas ara",
    "jaanuar veebruar märts aprill juuni juuli detsember",
    "janvāris februāris maijs jūnijs jūlijs augusts septembris oktobris novembris decembris",
    "sausio vasario kovo balandžio gegužės birželio liepos rugpjūčio rugsėjo spalio lapkričio gruodžio",
    // Arabic, Persian, Hebrew.
    "يناير فبراير مارس أبريل ابريل إبريل مايو يونيو يوليو أغسطس اغسطس سبتمبر أكتوبر اكتوبر نوفمبر ديسمبر",
    "شباط آذار نيسان أيار حزيران تموز آب أيلول جانفي فيفري أفريل ماي جوان جويلية أوت غشت شتنبر نونبر دجنبر",
    "فروردین اردیبهشت خرداد تیر مرداد شهریور مهر آبان آذر دی بهمن اسفند ژانویه فوریه آوریل مه ژوئن ژوئیه اوت سپتامبر \
     اکتبر نوامبر دسامبر",
    "ינואר פברואר מרץ אפריל מאי יוני יולי אוגוסט ספטמבר אוקטובר נובמבר דצמבר",
    "בינואר בפברואר במרץ באפריל במאי ביוני ביולי באוגוסט בספטמבר באוקטובר בנובמבר בדצמבר",
    // South and South-East Asia.
    "जनवरी फरवरी फ़रवरी मार्च अप्रैल मई जून जुलाई अगस्त सितंबर सितम्बर अक्टूबर अक्तूबर नवंबर नवम्बर दिसंबर दिसम्बर",
    "januari februari maret mei juni juli agustus oktober desember mac ogos disember",
    "มกราคม กุมภาพันธ์ มีนาคม เมษายน พฤษภาคม มิถุนายน กรกฎาคม สิงหาคม กันยายน ตุลาคม พฤศจิกายน ธันวาคม",
    "tammi helmi maalis huhti touko kesä heinä elo syys loka marras joulu",
];

const WEEKDAYS: &[&str] = &[
    "monday tuesday wednesday thursday friday saturday sunday mon tue tues wed thu thur thurs fri sat sun",
    "montag dienstag mittwoch donnerstag freitag samstag sonnabend sonntag",
    "maandag dinsdag woensdag donderdag vrijdag zaterdag zondag",
    "måndag tisdag onsdag torsdag fredag lördag söndag mandag tirsdag lørdag søndag",
    "maanantai tiistai keskiviikko torstai perjantai lauantai sunnuntai",
    "lundi mardi mercredi jeudi vendredi samedi dimanche",
    "lunes martes miércoles jueves viernes sábado domingo",
    "lunedì martedì mercoledì giovedì venerdì sabato domenica",
    "segunda-feira terça-feira quarta-feira quinta-feira sexta-feira",
    "luni marți miercuri joi vineri sâmbătă duminică dilluns dimarts dimecres dijous divendres dissabte diumenge",
    "poniedziałek wtorek środa czwartek piątek sobota niedziela pondělí úterý středa čtvrtek pátek neděle",
    "pondelok utorok streda štvrtok piatok nedeľa hétfő kedd szerda csütörtök péntek szombat vasárnap",
    "понедельник вторник среда четверг пятница суббота воскресенье понеділок вівторок середа четвер п'ятниця субота неділя",
    "δευτέρα τρίτη τετάρτη πέμπτη παρασκευή σάββατο κυριακή pazartesi salı çarşamba perşembe cuma cumartesi pazar",
    "الاثنين الإثنين الثلاثاء الأربعاء الخميس الجمعة السبت الأحد شنبه یکشنبه دوشنبه سه‌شنبه چهارشنبه پنجشنبه جمعه",
    "सोमवार मंगलवार बुधवार गुरुवार शुक्रवार शनिवार रविवार senin selasa rabu kamis jumat sabtu minggu",
];

const FILLERS: &[&str] =
    &["of the de del di du da den le el la do dne dnia az na a г года гг р року год dd ngày năm เดือน วันที่ พ.ศ"];

const MONTH_MARKS: &[&str] = &["tháng"];

/// What `word`, folded, is in a date.
pub(super) fn date_word(word: &[u8]) -> Option<DateWord> {
    words().get(word).copied()
}

/// The words with which a date may begin, folded.
pub(super) fn first_words() -> impl Iterator<Item = &'static [u8]> {
    words().iter().filter(|(_, word)| **word != DateWord::Filler).map(|(key, _)| key.as_slice())
}

fn words() -> &'static HashMap<Vec<u8>, DateWord> {
    static WORDS: OnceLock<HashMap<Vec<u8>, DateWord>> = OnceLock::new();
    WORDS.get_or_init(|| {
        let kinds = [
            (FILLERS, DateWord::Filler),
            (MONTH_MARKS, DateWord::MonthMark),
            (WEEKDAYS, DateWord::Weekday),
            // A month last, for some words are both.
            (MONTHS, DateWord::Month),
        ];
        let all = kinds.into_iter().flat_map(|(lists, kind)| lists.iter().map(move |list| (list, kind)));
        let words = all.flat_map(|(list, kind)| list.split_ascii_whitespace().map(move |word| (word, kind)));
        let folded = words.map(|(word, kind)| {
            let mut key = Vec::new();
            fold_into(word.as_bytes(), Case::Fold, &mut key);
            (key, kind)
        });
        folded.collect()
    })
}
