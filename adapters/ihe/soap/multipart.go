package soap

import (
	"bytes"
	"mime"
	"net/textproto"
	"strings"
)

// Bounds of a message in several parts.
const (
	partsMost     = 1000
	headerMost    = 16 << 10
	boundaryMost  = 256 // RFC 2046 allows 70; some services do not keep to it
	dashes        = "--"
	headersAtMost = 32
)

// part is one part of a multipart message. Its body is a part of the message's own bytes.
type part struct {
	id       string // without angle brackets
	encoding string // of its transfer, in lower case
	body     []byte
}

// parts reads a multipart message (RFC 2046, section 5.1) without copying it: a document in it
// may be megabytes. An epilogue and a preamble are passed over.
func parts(boundary string, data []byte) ([]part, error) {
	if boundary == "" || len(boundary) > boundaryMost {
		return nil, fail(KindMalformed)
	}
	r := reader{rest: data, delimiter: []byte(dashes + boundary)}
	if last, err := r.skip(); err != nil || last {
		return nil, orMalformed(err)
	}
	var out []part
	for {
		if len(out) == partsMost {
			return nil, fail(KindTooLarge)
		}
		p, last, err := r.next()
		if err != nil {
			return nil, err
		}
		if out = append(out, p); last {
			return out, nil
		}
	}
}

func orMalformed(err error) error {
	if err != nil {
		return err
	}
	return fail(KindMalformed)
}

// reader goes through a multipart message.
type reader struct {
	rest      []byte
	delimiter []byte // without the line break before it
}

// skip passes over the preamble. last says that the message closes at once.
func (r *reader) skip() (last bool, err error) {
	_, last, err = r.until()
	return last, err
}

// next reads a part and what ends it.
func (r *reader) next() (part, bool, error) {
	p, err := r.head()
	if err != nil {
		return part{}, false, err
	}
	body, last, err := r.until()
	p.body = body
	return p, last, err
}

// until gives what stands before the next delimiter, and stops behind that. last says that it
// was the closing one.
func (r *reader) until() (before []byte, last bool, err error) {
	for from := 0; ; {
		at := bytes.Index(r.rest[from:], r.delimiter)
		if at < 0 {
			return nil, false, fail(KindTruncated)
		}
		at += from
		after, closing, ok := endOfDelimiter(r.rest[at+len(r.delimiter):])
		if ok && atLineStart(r.rest, at) {
			before, r.rest = withoutBreak(r.rest[:at]), after
			return before, closing, nil
		}
		from = at + 1
	}
}

func atLineStart(data []byte, at int) bool { return at == 0 || data[at-1] == '\n' }

// endOfDelimiter tells a delimiter from content that begins like one: blanks and a line break
// follow it, or two hyphens if it closes the message.
func endOfDelimiter(data []byte) (after []byte, closing, ok bool) {
	if bytes.HasPrefix(data, []byte(dashes)) {
		return data[len(dashes):], true, true
	}
	line, rest, found := bytes.Cut(data, []byte("\n"))
	return rest, false, found && len(bytes.Trim(line, " \t\r")) == 0
}

// withoutBreak takes off the line break that belongs to the delimiter after it.
func withoutBreak(data []byte) []byte {
	if n := len(data); n > 0 && data[n-1] == '\n' {
		data = data[:n-1]
		if n > 1 && data[n-2] == '\r' {
			data = data[:n-2]
		}
	}
	return data[:len(data):len(data)]
}

// head reads a part's header (RFC 822 lines, folded or not) up to the empty line.
func (r *reader) head() (part, error) {
	var p part
	for name, read := "", 0; ; read++ {
		line, _, found := bytes.Cut(r.rest[:min(len(r.rest), headerMost)], []byte("\n"))
		switch {
		case !found && len(r.rest) < headerMost:
			return part{}, fail(KindTruncated)
		case !found, read == headersAtMost:
			return part{}, fail(KindTooLarge)
		}
		r.rest = r.rest[len(line)+1:]
		line = bytes.TrimRight(line, "\r")
		if len(line) == 0 {
			return p, nil
		}
		if line[0] == ' ' || line[0] == '\t' { // goes on with the line before
			p.set(name, string(bytes.TrimSpace(line)))
			continue
		}
		key, value, _ := strings.Cut(string(line), ":")
		name = textproto.CanonicalMIMEHeaderKey(strings.TrimSpace(key))
		p.set(name, strings.TrimSpace(value))
	}
}

func (p *part) set(name, value string) {
	if value == "" {
		return
	}
	switch name {
	case "Content-Id":
		p.id = bare(value)
	case "Content-Transfer-Encoding":
		p.encoding = strings.ToLower(value)
	}
}

// bare is a message id without its angle brackets.
func bare(id string) string {
	return strings.TrimSuffix(strings.TrimPrefix(strings.TrimSpace(id), "<"), ">")
}

// framing is what a content type says of a message in several parts.
type framing struct{ boundary, start string }

// framingOf reads a content type. Some services leave the boundary out or label the message as
// XML: the first line of the message then says what it is.
func framingOf(contentType string, data []byte) framing {
	media, params, err := mime.ParseMediaType(contentType)
	out := framing{boundary: params["boundary"], start: bare(params["start"])}
	if err != nil || !strings.HasPrefix(media, "multipart/") {
		out = framing{}
	}
	if out.boundary == "" || !bytes.Contains(data, []byte(dashes+out.boundary)) {
		out.boundary = firstLine(data)
	}
	return out
}

func firstLine(data []byte) string {
	line, _, _ := bytes.Cut(bytes.TrimLeft(data[:min(len(data), 2*boundaryMost)], "\r\n \t"), []byte("\n"))
	text := strings.TrimRight(string(line), "\r\t ")
	if !strings.HasPrefix(text, dashes) {
		return ""
	}
	return strings.TrimPrefix(text, dashes)
}
