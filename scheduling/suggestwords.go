package scheduling

// folded
func folded(s string) string { return s }
