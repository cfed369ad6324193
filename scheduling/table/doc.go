// Package table reads and writes tables of text: CSV as spreadsheet programs
// in Finland and elsewhere write it, and XLSX.
//
// Read takes a whole small file, as somebody uploads it, and finds out by its
// content what it is: the kind, the encoding, the separator. A Writer takes one
// row at a time and holds none, so that an export may have any length.
//
// What people wrote is never a formula: see Guard.
package table
