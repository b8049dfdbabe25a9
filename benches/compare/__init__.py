"""What benches/peers is made of: who takes part, how they are timed, what they are asked, how it is shown."""
