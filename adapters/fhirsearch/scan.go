package fhirsearch

import (
	"bytes"
	"io"
	"strings"

	"github.com/go-json-experiment/json/jsontext"
)

// scanner goes through JSON once, without making anything of what it passes over. Its
// errors say that it is no JSON. It lets through what [lenient] does.
type scanner struct {
	dec *jsontext.Decoder
	// odd says that something was of another kind than is due. It was passed over.
	odd bool
}

func scan(body []byte) scanner {
	return scanner{dec: jsontext.NewDecoder(bytes.NewBuffer(body),
		jsontext.AllowDuplicateNames(true), jsontext.AllowInvalidUTF8(true))}
}

// object reads an object, whose members the function must read. A null has none.
func (s *scanner) object(member func(name []byte) error) error {
	if k := s.dec.PeekKind(); k != '{' {
		s.odd = s.odd || k != 'n'
		return s.dec.SkipValue()
	}
	if _, err := s.dec.ReadToken(); err != nil {
		return err
	}
	for s.dec.PeekKind() == '"' {
		name, err := s.dec.ReadValue()
		if err != nil {
			return err
		}
		if err := member(unquoted(name)); err != nil {
			return err
		}
	}
	_, err := s.dec.ReadToken()
	return err
}

// unquoted is what a string says.
func unquoted(raw []byte) []byte {
	if bytes.IndexByte(raw, '\\') < 0 {
		return raw[1 : len(raw)-1]
	}
	plain, _ := jsontext.AppendUnquote(nil, raw) // text that is not UTF-8 is let through
	return plain
}

// each reads the elements of an array, or the one where an array is due. A null is none.
func (s *scanner) each(one func() error) error {
	switch s.dec.PeekKind() {
	case 'n':
		return s.dec.SkipValue()
	case '[':
	default:
		return one()
	}
	if _, err := s.dec.ReadToken(); err != nil {
		return err
	}
	for k := s.dec.PeekKind(); k != ']'; k = s.dec.PeekKind() {
		if err := one(); err != nil {
			return err
		}
	}
	_, err := s.dec.ReadToken()
	return err
}

// text reads a string. A null says nothing.
func (s *scanner) text(into *string) error {
	*into = ""
	if k := s.dec.PeekKind(); k != '"' {
		s.odd = s.odd || k != 'n'
		return s.dec.SkipValue()
	}
	raw, err := s.dec.ReadValue()
	if err == nil {
		*into = strings.ToValidUTF8(string(unquoted(raw)), "\uFFFD")
	}
	return err
}

// end fails if anything follows.
func (s *scanner) end() error {
	if _, err := s.dec.ReadToken(); err != io.EOF {
		return errNotJSON
	}
	return nil
}
