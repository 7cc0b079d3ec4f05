"""Files in and out: a file is read, planned against the register, shown, applied as a whole, and can be taken back."""
