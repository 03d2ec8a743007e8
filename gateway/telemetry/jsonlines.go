package telemetry

import (
	"io"
	"log/slog"
	"strconv"
	"sync"
	"time"
)

// jsonLines writes records as JSON, as slog does, and plain lines by a shorter way. It
// spares the audit, which writes one with every call, most of what a line costs.
type jsonLines struct {
	slog.Handler // of the same writer
	out          io.Writer
	buffers      sync.Pool // of *[]byte
}

var _ slog.Handler = (*jsonLines)(nil)

// bufferRoom is more than nearly all lines have, and mostBuffer what is kept of those
// that have more.
const bufferRoom, mostBuffer = 2 << 10, 16 << 10

func newJSONLines(w io.Writer, options *slog.HandlerOptions) *jsonLines {
	out := &oneByOne{out: w}
	lines := &jsonLines{Handler: slog.NewJSONHandler(out, options), out: out}
	lines.buffers.New = func() any { b := make([]byte, 0, bufferRoom); return &b }
	return lines
}

// oneByOne takes one write at a time.
type oneByOne struct {
	mu  sync.Mutex
	out io.Writer
}

var _ io.Writer = (*oneByOne)(nil)

func (o *oneByOne) Write(b []byte) (int, error) {
	o.mu.Lock()
	defer o.mu.Unlock()
	return o.out.Write(b)
}

// Plain writes a line at any level when nothing in it needs a closer look, a text that
// must be escaped say. It is false when nothing was written: the line is then for
// Handle, which writes the same bytes for a line that is plain.
func (l *jsonLines) Plain(at time.Time, level slog.Level, message string, attrs []slog.Attr) (bool, error) {
	buffer := l.buffers.Get().(*[]byte)
	defer l.release(buffer)
	p := plainLine{b: (*buffer)[:0], ok: !at.IsZero()}
	p.b = append(p.b, '{')
	p.attr(slog.Time(slog.TimeKey, at))
	p.attr(slog.String(slog.LevelKey, level.String()))
	p.attr(slog.String(slog.MessageKey, message))
	p.attrs(attrs)
	p.b = append(p.b, '}', '\n')
	*buffer = p.b
	if !p.ok {
		return false, nil
	}
	_, err := l.out.Write(p.b)
	return true, err
}

// release keeps a buffer for the next line, but no long one.
func (l *jsonLines) release(buffer *[]byte) {
	if cap(*buffer) > mostBuffer {
		return
	}
	clear(*buffer)
	l.buffers.Put(buffer)
}

// plainLine is a line in the making. It is not ok once something came that is not plain.
type plainLine struct {
	b  []byte
	ok bool
}

func (p *plainLine) attrs(attrs []slog.Attr) {
	for i := range attrs {
		p.attr(attrs[i])
	}
}

func (p *plainLine) attr(a slog.Attr) {
	if last := p.b[len(p.b)-1]; last != '{' {
		p.b = append(p.b, ',')
	}
	p.quote(a.Key)
	p.b = append(p.b, ':')
	switch v := a.Value; v.Kind() {
	case slog.KindString:
		p.quote(mask(v.String()))
	case slog.KindInt64:
		p.b = strconv.AppendInt(p.b, v.Int64(), 10)
	case slog.KindDuration:
		p.b = strconv.AppendInt(p.b, int64(v.Duration()), 10)
	case slog.KindBool:
		p.b = strconv.AppendBool(p.b, v.Bool())
	case slog.KindTime:
		p.time(v.Time())
	case slog.KindGroup:
		p.group(a.Key, v.Group())
	default:
		p.ok = false
	}
}

// quote appends a text that is plain, in quotes.
func (p *plainLine) quote(s string) {
	p.ok = p.ok && isPlain(s)
	p.b = append(append(append(p.b, '"'), s...), '"')
}

// time appends a time of a year that has four digits.
func (p *plainLine) time(t time.Time) {
	year := t.Year()
	p.ok = p.ok && year >= 0 && year <= 9999
	p.b = append(t.AppendFormat(append(p.b, '"'), time.RFC3339Nano), '"')
}

// group appends a group that has a name and something in it: others are not written as such.
func (p *plainLine) group(name string, attrs []slog.Attr) {
	p.ok = p.ok && name != "" && len(attrs) > 0
	p.b = append(p.b, '{')
	p.attrs(attrs)
	p.b = append(p.b, '}')
}

// isPlain says whether no character of a text needs to be escaped.
func isPlain(text string) bool {
	for i := range len(text) {
		if c := text[i]; c < ' ' || c == '"' || c == '\\' || c >= 0x7f {
			return false
		}
	}
	return true
}
