"""Queue: what is waiting, for whom; finding somebody; taking the next."""
