package sdk

import (
	"errors"
	"fmt"
	"io"
	"log/slog"

	lhcrv1 "github.com/openlhcr/openlhcr/gen/go/lhcr/v1"
)

// What holds a patient, a record or a token prints as what it is and nothing of it,
// under every verb of fmt and in every handler of slog.

const (
	redactedPatient = "[patient]"
	redactedToken   = "[token]"
)

// hide writes the same words whatever the verb.
func hide(s fmt.State, words string) { _, _ = io.WriteString(s, words) }

// errMarshalled is the error of marshalling what must not be written by accident.
var errMarshalled = errors.New("sdk: what holds a patient or a record is not marshalled by accident: write down what you must, field by field")

// String hides the patient.
func (Patient) String() string { return redactedPatient }

// Format hides the patient.
func (p Patient) Format(s fmt.State, _ rune) { hide(s, p.String()) }

// LogValue hides the patient.
func (p Patient) LogValue() slog.Value { return slog.StringValue(p.String()) }

// MarshalText refuses, and with it JSON, which loggers make of structs and lists.
func (Patient) MarshalText() ([]byte, error) { return nil, errMarshalled }

// String names the basis and hides the reason, which can tell of the patient.
func (a Access) String() string { return a.Basis.String() }

// Format hides all but the basis.
func (a Access) Format(s fmt.State, _ rune) { hide(s, a.String()) }

// LogValue hides all but the basis.
func (a Access) LogValue() slog.Value { return slog.StringValue(a.String()) }

// MarshalText refuses, and with it JSON, which loggers make of structs and lists.
func (Access) MarshalText() ([]byte, error) { return nil, errMarshalled }

// String hides what is asked for and of whom.
func (Query) String() string { return "[query]" }

// Format hides what is asked for and of whom.
func (q Query) Format(s fmt.State, _ rune) { hide(s, q.String()) }

// LogValue hides what is asked for and of whom.
func (q Query) LogValue() slog.Value { return slog.StringValue(q.String()) }

// String hides what is asked for and of whom.
func (DocumentQuery) String() string { return "[document query]" }

// Format hides what is asked for and of whom.
func (q DocumentQuery) Format(s fmt.State, _ rune) { hide(s, q.String()) }

// LogValue hides what is asked for and of whom.
func (q DocumentQuery) LogValue() slog.Value { return slog.StringValue(q.String()) }

// String tells how complete the record is and nothing of what it holds.
func (r *Record) String() string {
	return "[record, " + words(r.Completeness().String(), "COMPLETENESS_") + "]"
}

// Format tells what String tells.
func (r *Record) Format(s fmt.State, _ rune) { hide(s, r.String()) }

// LogValue tells what String tells.
func (r *Record) LogValue() slog.Value { return slog.StringValue(r.String()) }

// String tells which section it is, and nothing of what it holds, not even how much.
func (s Section[T]) String() string { return "[" + SectionName(s.section) + "]" }

// Format tells what String tells.
func (s Section[T]) Format(state fmt.State, _ rune) { hide(state, s.String()) }

// LogValue tells what String tells.
func (s Section[T]) LogValue() slog.Value { return slog.StringValue(s.String()) }

// Format tells what String tells.
func (g Gap) Format(s fmt.State, _ rune) { hide(s, g.String()) }

// LogValue tells what String tells.
func (g Gap) LogValue() slog.Value { return slog.StringValue(g.String()) }

// Format tells what Error tells.
func (e *IncompleteError) Format(s fmt.State, _ rune) { hide(s, e.Error()) }

// String hides the medicine.
func (*Course) String() string { return "[medication course]" }

// Format hides the medicine.
func (c *Course) Format(s fmt.State, _ rune) { hide(s, c.String()) }

// LogValue hides the medicine.
func (c *Course) LogValue() slog.Value { return slog.StringValue(c.String()) }

// MarshalText refuses, and with it JSON, which loggers make of lists.
func (*Course) MarshalText() ([]byte, error) { return nil, errMarshalled }

// String hides the report.
func (*Report) String() string { return "[investigation report]" }

// Format hides the report.
func (r *Report) Format(s fmt.State, _ rune) { hide(s, r.String()) }

// LogValue hides the report.
func (r *Report) LogValue() slog.Value { return slog.StringValue(r.String()) }

// MarshalText refuses, and with it JSON, which loggers make of lists.
func (*Report) MarshalText() ([]byte, error) { return nil, errMarshalled }

// String hides the document.
func (DocumentContent) String() string { return "[document content]" }

// Format hides the document.
func (d DocumentContent) Format(s fmt.State, _ rune) { hide(s, d.String()) }

// LogValue hides the document.
func (d DocumentContent) LogValue() slog.Value { return slog.StringValue(d.String()) }

// MarshalText refuses, and with it JSON, which loggers make of lists.
func (DocumentContent) MarshalText() ([]byte, error) { return nil, errMarshalled }

// String hides the document.
func (*DocumentReader) String() string { return "[document]" }

// Format hides the document.
func (d *DocumentReader) Format(s fmt.State, _ rune) { hide(s, d.String()) }

// LogValue hides the document.
func (d *DocumentReader) LogValue() slog.Value { return slog.StringValue(d.String()) }

// String hides what the stream asks for and what came.
func (*Stream) String() string { return "[record stream]" }

// Format hides what the stream asks for and what came.
func (s *Stream) Format(state fmt.State, _ rune) { hide(state, s.String()) }

// LogValue hides what the stream asks for and what came.
func (s *Stream) LogValue() slog.Value { return slog.StringValue(s.String()) }

// String names the gateway.
func (c *Client) String() string { return "[client of " + c.conn.Target() + "]" }

// Format names the gateway, and hides the user's token source.
func (c *Client) Format(s fmt.State, _ rune) { hide(s, c.String()) }

// LogValue names the gateway.
func (c *Client) LogValue() slog.Value { return slog.StringValue(c.String()) }

// String hides the token.
func (StaticToken) String() string { return redactedToken }

// Format hides the token.
func (t StaticToken) Format(s fmt.State, _ rune) { hide(s, t.String()) }

// LogValue hides the token.
func (t StaticToken) LogValue() slog.Value { return slog.StringValue(t.String()) }

// MarshalText hides the token.
func (t StaticToken) MarshalText() ([]byte, error) { return []byte(t.String()), nil }

// String names the kind of source: a file's name can be a user's.
func (*TokenFile) String() string { return "[token file]" }

// Format names the kind of source.
func (t *TokenFile) Format(s fmt.State, _ rune) { hide(s, t.String()) }

// LogValue names the kind of source.
func (t *TokenFile) LogValue() slog.Value { return slog.StringValue(t.String()) }

// String hides the token.
func (*CachedToken) String() string { return redactedToken }

// Format hides the token.
func (c *CachedToken) Format(s fmt.State, _ rune) { hide(s, c.String()) }

// LogValue hides the token.
func (c *CachedToken) LogValue() slog.Value { return slog.StringValue(c.String()) }

// String hides the token.
func (Credential) String() string { return redactedToken }

// Format hides the token.
func (c Credential) Format(s fmt.State, _ rune) { hide(s, c.String()) }

// LogValue hides the token.
func (c Credential) LogValue() slog.Value { return slog.StringValue(c.String()) }

// MarshalText hides the token.
func (c Credential) MarshalText() ([]byte, error) { return []byte(c.String()), nil }

var (
	_ fmt.Formatter = Patient{}
	_ fmt.Formatter = Access{}
	_ fmt.Formatter = Query{}
	_ fmt.Formatter = DocumentQuery{}
	_ fmt.Formatter = (*Record)(nil)
	_ fmt.Formatter = Section[*lhcrv1.Allergy]{}
)
