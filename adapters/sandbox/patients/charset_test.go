package patients_test

import (
	"fmt"
	"io"
	"strings"

	"golang.org/x/text/encoding/charmap"
)

// latin1 reads the one older character set that documents are written in.
func latin1(charset string, in io.Reader) (io.Reader, error) {
	if !strings.EqualFold(charset, "ISO-8859-1") {
		return nil, fmt.Errorf("charset %s", charset)
	}
	return charmap.ISO8859_1.NewDecoder().Reader(in), nil
}
