package audit

import (
	"context"
	"crypto/hmac"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"hash"
	"io"
	"log/slog"
	"regexp"
	"slices"
	"strings"
	"sync"
	"sync/atomic"
	"time"
)

// LinesOptions are what an audit that writes to a log needs. All but Regions are required.
type LinesOptions struct {
	// Handler takes the lines.
	Handler slog.Handler
	// Now is the clock.
	Now func() time.Time
	// Random is the source of the key that patients are hashed with.
	Random io.Reader
	// Regions are the ids that callers may name. Another is written as "unknown": it is
	// the caller's own text and may hold anything.
	Regions []string
}

// Lines is an audit that writes a line to a log for each call and each disclosure.
// Patients appear as a keyed hash only, with a key that lives as long as the
// process: lines of one run that are about one patient can be told to be, and no
// more. It is not durable: see the package comment.
type Lines struct {
	handler slog.Handler
	plain   plainWriter // the handler, where it is one
	rooms   sync.Pool   // of *lineRoom
	now     func() time.Time
	macs    sync.Pool // of hash.Hash, keyed
	regions atomic.Pointer[[]string]
	crowd   crowd
}

var _ Log = (*Lines)(nil)

// NewLines makes an audit that writes to a log.
func NewLines(options LinesOptions) (*Lines, error) {
	if options.Handler == nil || options.Now == nil || options.Random == nil {
		return nil, errors.New("audit: handler, clock and source of chance are required")
	}
	key := make([]byte, 32)
	if _, err := io.ReadFull(options.Random, key); err != nil {
		return nil, fmt.Errorf("audit: %w", err)
	}
	l := &Lines{handler: options.Handler, now: options.Now}
	l.plain, _ = options.Handler.(plainWriter)
	l.rooms.New = func() any { return new(lineRoom) }
	l.macs.New = func() any { return hmac.New(sha256.New, key) }
	l.KnowRegions(options.Regions)
	return l, nil
}

// KnowRegions replaces the ids that callers may name, when a deployment changed.
func (l *Lines) KnowRegions(ids []string) {
	known := slices.Clone(ids)
	l.regions.Store(&known)
}

// Open begins the record of one call.
func (l *Lines) Open(_ context.Context, call Call) Entry {
	if call.Event == "" || call.Operation == "" || call.RequestID == "" || call.At.IsZero() {
		panic("audit: a call without event, operation, request id or time")
	}
	return &line{log: l, call: call}
}

// Flush writes the counts of calls without an actor that were not written singly.
func (l *Lines) Flush(ctx context.Context) error {
	return l.writeCrowd(ctx, l.crowd.leave())
}

// plainWriter is a handler that writes plain lines at little cost. It says false of a
// line that is not plain, which it did not write.
type plainWriter interface {
	Plain(at time.Time, level slog.Level, message string, attrs []slog.Attr) (bool, error)
}

// write writes one line, whatever level the log is set to: the audit cannot be
// switched off with it. The error is the handler's.
func (l *Lines) write(ctx context.Context, level slog.Level, message string, attrs []slog.Attr) error {
	at := l.now()
	if l.plain != nil {
		if done, err := l.plain.Plain(at, level, message, attrs); done {
			return err
		}
	}
	// The record must be written though the caller has gone.
	ctx = context.WithoutCancel(ctx)
	record := slog.NewRecord(at, level, message, 0)
	record.AddAttrs(attrs...)
	return l.handler.Handle(ctx, record)
}

// patient is the keyed hash of an NHS number; empty for none.
func (l *Lines) patient(number Patient) string {
	if number == "" {
		return ""
	}
	mac := l.macs.Get().(hash.Hash)
	defer l.macs.Put(mac)
	mac.Reset()
	mac.Write([]byte(number))
	var sum [sha256.Size]byte
	return hex.EncodeToString(mac.Sum(sum[:0])[:16])
}

// named are the regions that a caller named, as far as they exist.
func (l *Lines) named(regions []string) string {
	known, out := *l.regions.Load(), make([]string, len(regions))
	for i, id := range regions {
		out[i] = "unknown"
		if slices.Contains(known, id) {
			out[i] = id
		}
	}
	return strings.Join(out, ",")
}

// itemID has the form of the ids that the readers make.
var itemID = regexp.MustCompile(`^[0-9a-f]{32}$`)

// document is an item id; what has another form is the caller's own text and stands
// as its keyed hash.
func (l *Lines) document(id string) string {
	if id == "" || itemID.MatchString(id) {
		return id
	}
	return "hash:" + l.patient(Patient(id))
}
