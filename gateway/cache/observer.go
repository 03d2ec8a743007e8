package cache

import (
	"context"
	"errors"
	"time"

	"github.com/openlhcr/openlhcr/gateway/cache/seal"
	"github.com/sony/gobreaker/v2"
)

// Observer is told what the cache does, for metrics. Its methods are called
// concurrently, return at once and keep nothing of their arguments. Nothing that they
// are told tells a patient.
type Observer interface {
	// Looked is told of each read once.
	Looked(Look)
	// Filled is told how values ended in one layer.
	Filled(Filling)
	// Purged is told of each attempt of a purge.
	Purged(PurgeResult)
	// Failed is told what was wrong with the shared store, or with one of its values.
	Failed(Cause)
}

// Layer is where a value is kept.
type Layer string

// The layers.
const (
	// LayerNone is no layer: the value was found in none.
	LayerNone Layer = ""
	// LayerMemory is this process.
	LayerMemory Layer = "memory"
	// LayerShared is the store that gateways share.
	LayerShared Layer = "shared"
)

// Layers are all layers.
func Layers() []Layer { return []Layer{LayerMemory, LayerShared} }

// Look is one read as it ended.
type Look struct {
	// Fields are what was asked for.
	Fields []Field
	// Found says where each was found, aligned with Fields.
	Found []Layer
	// Result is how the read ended.
	Result LookResult
	// Shared is how long the shared store took. Zero when it was not asked.
	Shared time.Duration
}

// LookResult is how a read ended.
type LookResult string

// How reads end. Only LookOK can have found anything.
const (
	// LookOK is a read that could be made.
	LookOK LookResult = "ok"
	// LookUnreachable is one for which the shared store could not be asked.
	LookUnreachable LookResult = "unreachable"
	// LookPurged is one of a patient whose purge is not done, or came between.
	LookPurged LookResult = "purged"
	// LookGone is one whose caller was gone.
	LookGone LookResult = "gone"
	// LookOff is one of a cache that keeps nothing, or is closed.
	LookOff LookResult = "off"
)

// LookResults are all of them.
func LookResults() []LookResult {
	return []LookResult{LookOK, LookUnreachable, LookPurged, LookGone, LookOff}
}

// Filling is how values ended in one layer.
type Filling struct {
	// Layer is the layer.
	Layer Layer
	// Result is how they ended.
	Result FillResult
	// Values is how many.
	Values int
}

// FillResult is how values ended.
type FillResult string

// How values end. Those that are not kept will be fetched again.
const (
	// FillKept are kept.
	FillKept FillResult = "kept"
	// FillPurged are of an epoch that a purge ended.
	FillPurged FillResult = "purged"
	// FillUnusable came with a reading that had no epoch.
	FillUnusable FillResult = "unusable"
	// FillStale have no time left, or are from the future.
	FillStale FillResult = "stale"
	// FillMalformed cannot be made again of their own bytes.
	FillMalformed FillResult = "malformed"
	// FillTooLarge are larger than one patient may take.
	FillTooLarge FillResult = "too_large"
	// FillOverflow found the queue full.
	FillOverflow FillResult = "overflow"
	// FillOpen came while the shared store is left alone.
	FillOpen FillResult = "open"
	// FillFailed were not taken by the shared store.
	FillFailed FillResult = "failed"
	// FillClosed came when the cache was closed.
	FillClosed FillResult = "closed"
)

// FillResults are all of them.
func FillResults() []FillResult {
	return []FillResult{
		FillKept, FillPurged, FillUnusable, FillStale, FillMalformed,
		FillTooLarge, FillOverflow, FillOpen, FillFailed, FillClosed,
	}
}

// PurgeResult is how an attempt of a purge ended.
type PurgeResult string

// How attempts end.
const (
	// PurgeDone is a purge that reached every layer.
	PurgeDone PurgeResult = "done"
	// PurgeFailed is one that did not reach the shared store.
	PurgeFailed PurgeResult = "failed"
	// PurgeRepeated is one that failed and was repeated with success.
	PurgeRepeated PurgeResult = "repeated"
	// PurgeRepeatFailed is one that was repeated and failed again.
	PurgeRepeatFailed PurgeResult = "repeat_failed"
	// PurgeUndone is one that the shared store took back, as a fail-over to a replica
	// does that had not heard of it. It is repeated.
	PurgeUndone PurgeResult = "undone"
)

// PurgeResults are all of them.
func PurgeResults() []PurgeResult {
	return []PurgeResult{PurgeDone, PurgeFailed, PurgeRepeated, PurgeRepeatFailed, PurgeUndone}
}

// Cause is what was wrong with the shared store, or with one of its values.
type Cause string

// The causes.
const (
	// CauseNone is that nothing is wrong.
	CauseNone Cause = ""
	// CauseTimeout is no answer in time.
	CauseTimeout Cause = "timeout"
	// CauseUnreachable is [ErrUnreachable].
	CauseUnreachable Cause = "unreachable"
	// CauseRefused is [ErrRefused].
	CauseRefused Cause = "refused"
	// CauseReadOnly is [ErrReadOnly].
	CauseReadOnly Cause = "read_only"
	// CauseFull is [ErrFull].
	CauseFull Cause = "full"
	// CauseBusy is that too many calls hang.
	CauseBusy Cause = "busy"
	// CauseOpen is that the store failed before and is left alone for a while.
	CauseOpen Cause = "open"
	// CauseCorrupt is a value, or an answer, that is not what was kept under its name.
	CauseCorrupt Cause = "corrupt"
	// CauseMalformed is a value of another layout than ours.
	CauseMalformed Cause = "malformed"
	// CauseOtherEpoch is a value of another epoch.
	CauseOtherEpoch Cause = "other_epoch"
	// CauseUnknownKey is a value sealed under a key that we do not have.
	CauseUnknownKey Cause = "unknown_key"
	// CauseExpired is a value whose time is over.
	CauseExpired Cause = "expired"
	// CauseFuture is a value from later than now.
	CauseFuture Cause = "future"
	// CausePurged is a value from before a purge.
	CausePurged Cause = "purged"
	// CauseOther is anything else.
	CauseOther Cause = "other"
)

// Causes are all of them.
func Causes() []Cause {
	return []Cause{
		CauseTimeout, CauseUnreachable, CauseRefused, CauseReadOnly, CauseFull, CauseBusy, CauseOpen, CauseCorrupt,
		CauseMalformed, CauseOtherEpoch, CauseUnknownKey, CauseExpired, CauseFuture, CausePurged, CauseOther,
	}
}

// causeOf is the cause of an error. The first that fits, so a store that wraps both
// [ErrUnreachable] and a deadline has timed out.
func causeOf(err error) Cause {
	for _, known := range []struct {
		err   error
		cause Cause
	}{
		{context.DeadlineExceeded, CauseTimeout},
		{context.Canceled, CauseTimeout},
		{ErrUnreachable, CauseUnreachable},
		{ErrRefused, CauseRefused},
		{ErrReadOnly, CauseReadOnly},
		{ErrFull, CauseFull},
		{errBusy, CauseBusy},
		{gobreaker.ErrOpenState, CauseOpen},
		{gobreaker.ErrTooManyRequests, CauseOpen},
		{errMalformed, CauseCorrupt},
		{seal.ErrCorrupt, CauseCorrupt},
		{seal.ErrOtherEpoch, CauseOtherEpoch},
		{seal.ErrUnknownKey, CauseUnknownKey},
		{seal.ErrExpired, CauseExpired},
	} {
		if errors.Is(err, known.err) {
			return known.cause
		}
	}
	return CauseOther
}

// unobserved is told and tells nobody.
type unobserved struct{}

var _ Observer = unobserved{}

func (unobserved) Looked(Look)        {}
func (unobserved) Filled(Filling)     {}
func (unobserved) Purged(PurgeResult) {}
func (unobserved) Failed(Cause)       {}
