package ods

import (
	"bufio"
	"errors"
	"fmt"
	"io"
	"strings"
	"time"
	"unicode/utf8"

	"golang.org/x/text/encoding/charmap"
)

// maxLine is the longest row, in bytes.
const maxLine = 64 << 10

// readCSV reads a report: a row a line, 27 columns without a header as the service has
// published them for long, or under a header that names them.
func (l *loader) readCSV(r io.Reader) (*File, error) {
	file := &File{Format: "CSV"}
	lines := bufio.NewReaderSize(r, maxLine)
	var known *columns
	for number := 1; ; number++ {
		line, whole, err := nextLine(lines)
		if errors.Is(err, io.EOF) {
			return file, nil
		}
		if err != nil {
			return nil, err
		}
		switch row, ok := fields(line); {
		case strings.TrimSpace(line) == "":
		case !whole:
			file.fault(number, "the row is too long")
		case !ok:
			file.fault(number, "a quotation mark is not closed")
		case known == nil:
			found, header := columnsOf(row)
			if known = &found; !header {
				err = l.row(file, number, found, row)
			}
		default:
			err = l.row(file, number, *known, row)
		}
		if err != nil {
			return nil, err
		}
	}
}

// nextLine is the next line as UTF-8, and whether it is not longer than a line may be.
func nextLine(r *bufio.Reader) (line string, whole bool, err error) {
	raw, more, err := r.ReadLine()
	if err != nil {
		return "", false, err
	}
	whole = !more
	line = decoded(raw)
	for more && err == nil {
		_, more, err = r.ReadLine()
	}
	return line, whole, err
}

// decoded is a line of a file that may be in Windows-1252, as older reports are.
func decoded(raw []byte) string {
	line := strings.TrimPrefix(string(raw), byteOrderMark)
	if utf8.ValidString(line) {
		return line
	}
	if text, err := charmap.Windows1252.NewDecoder().String(line); err == nil {
		return text
	}
	return strings.ToValidUTF8(line, "")
}

// fields cuts a row at its commas (RFC 4180). Quotation marks may stand around a field,
// and doubled within one.
func fields(line string) (row []string, ok bool) {
	for {
		field, rest, more, ok := nextField(line)
		if !ok {
			return nil, false
		}
		row = append(row, strings.TrimSpace(field))
		if !more {
			return row, true
		}
		line = rest
	}
}

func nextField(line string) (field, rest string, more, ok bool) {
	trimmed := strings.TrimLeft(line, " \t")
	if !strings.HasPrefix(trimmed, `"`) {
		field, rest, more = strings.Cut(line, ",")
		return field, rest, more, true
	}
	var b strings.Builder
	for at := trimmed[1:]; ; {
		before, after, closed := strings.Cut(at, `"`)
		if !closed {
			return "", "", false, false
		}
		b.WriteString(before)
		if strings.HasPrefix(after, `"`) {
			b.WriteByte('"')
			at = after[1:]
			continue
		}
		tail, rest, more := strings.Cut(after, ",")
		return b.String() + tail, rest, more, true
	}
}

// row takes one row.
func (l *loader) row(file *File, number int, known columns, row []string) error {
	if len(row) < known.needed {
		file.fault(number, fmt.Sprintf("%d columns, want at least %d", len(row), known.needed))
		return nil
	}
	s := said{code: known.in(row, ofCode), name: known.in(row, ofName), status: l.standingOf(known, row)}
	for _, c := range []column{ofGeography, ofBoard} {
		s.links = append(s.links, link{in, known.in(row, c)})
	}
	// The parent of a practice commissions it and has a code of three characters; the
	// parent of a pharmacy is a company, which may lie anywhere.
	if commissioner := known.in(row, ofParent); len(commissioner) == 3 {
		kind := in
		if known.in(row, ofLeaving) != "" {
			kind = formerly
		}
		s.links = append(s.links, link{kind, commissioner})
	}
	if fault, err := l.take(s); err != nil || fault != "" {
		file.fault(number, fault)
		return err
	}
	file.Organisations++
	return nil
}

// standingOf goes by the status where a row has one (A active, P proposed, C closed, D
// dormant), and else by the day of closing.
func (l *loader) standingOf(known columns, row []string) standing {
	switch strings.ToUpper(known.in(row, ofStatus)) {
	case "A", "ACTIVE":
		return open
	case "C", "CLOSED", "D", "DORMANT", "INACTIVE", "P", "PROPOSED":
		return closed
	}
	if day, ok := dayOf(known.in(row, ofClosing)); ok && day.Before(l.on) {
		return closed
	}
	return open
}

// dayOf reads a day as the reports write it.
func dayOf(text string) (time.Time, bool) {
	for _, layout := range []string{"20060102", time.DateOnly, "02/01/2006", "02-Jan-2006", "02 January 2006"} {
		if day, err := time.Parse(layout, text); err == nil {
			return day, true
		}
	}
	return time.Time{}, false
}
