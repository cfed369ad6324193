//go:build !linux

package mailer

import "os"

// writeNow writes b as files are written.
func writeNow(f *os.File, b []byte) (int, error) { return f.Write(b) }
