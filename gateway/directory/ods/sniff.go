package ods

import (
	"bufio"
	"bytes"
	"errors"
	"io"
)

// read finds out what a file is, and reads it.
func (l *loader) read(r io.Reader) (*File, error) {
	buffered := bufio.NewReaderSize(r, 64<<10)
	head, err := buffered.Peek(4096)
	if err != nil && !errors.Is(err, io.EOF) {
		return nil, err
	}
	if bytes.HasPrefix(head, []byte("PK\x03\x04")) {
		return nil, errors.New("is a ZIP archive: unpack it, and name the file in it")
	}
	head = bytes.TrimPrefix(head, []byte(byteOrderMark))
	switch head = bytes.TrimLeft(head, " \t\r\n"); {
	case len(head) == 0:
		return nil, errors.New("is empty")
	case head[0] == '<':
		return l.readXML(buffered)
	case head[0] == '{' || head[0] == '[':
		return l.readJSON(buffered)
	case bytes.IndexByte(head, 0) >= 0:
		return nil, errors.New("is neither CSV nor XML nor JSON in UTF-8")
	}
	return l.readCSV(buffered)
}

const byteOrderMark = "\xef\xbb\xbf"
