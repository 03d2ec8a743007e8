package ods

import (
	"io"
	"time"
)

// Read reads one file's bytes as Load does.
func Read(r io.Reader, on time.Time) (*Extract, error) {
	l := &loader{on: on, organisations: map[string]*Organisation{}, codes: map[string]string{}}
	file, err := l.read(r)
	if err != nil {
		return nil, err
	}
	l.files = append(l.files, *file)
	return l.extract(), nil
}

// Fields cuts a row at its commas.
var Fields = fields
