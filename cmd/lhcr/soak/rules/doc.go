// Package rules judges answers of a gateway by the safety rules that each must keep,
// whatever the regions, the cache and the callers do meanwhile. It shares no code with
// the gateway: it knows the contract, and what the regions hold while nothing fails.
package rules

// Rule is a promise that an answer can break.
type Rule string

// The rules.
const (
	// OneOutcome: each region and section asked for has one outcome, and no other has any.
	OneOutcome Rule = "one outcome for each region and section asked for"
	// Completeness: the completeness is what the contract's table makes of the outcomes.
	Completeness Rule = "the completeness follows from the outcomes"
	// PartialIsSaid: what misses anything is never called complete.
	PartialIsSaid Rule = "partial is never called complete"
	// RightPatient: every item is one that a region holds of this patient.
	RightPatient Rule = "nothing of another patient"
	// Whole: a section said to be whole holds all that the region holds of it, unaltered.
	Whole Rule = "a whole section holds what the region holds"
	// AskedOnly: no item, link or group of what was not asked for, or of a region that gave nothing.
	AskedOnly Rule = "nothing that was not asked for, nothing beside a refusal"
	// MayBeCached: an answer comes from the cache only if the question lets it.
	MayBeCached Rule = "from the cache only where the cache may answer"
	// FreshEnough: no part is older than asked for, and its age is its age.
	FreshEnough Rule = "as fresh as asked for, and as old as said"
	// KeptWhole: what comes from the cache is whole.
	KeptWhole Rule = "nothing partial from the cache"
	// AfterPurge: nothing is older than the last purge.
	AfterPurge Rule = "nothing from before a purge"
	// OwnView: what comes from the cache was asked for by this caller, in this way.
	OwnView Rule = "nothing that only others asked for"
	// NoneStandsAlone: "none" is asserted without gap, warning or truncation.
	NoneStandsAlone Rule = "none is asserted only where nothing is missing"
	// StreamWhole: a stream is numbered, ends each region, and ends with its summary.
	StreamWhole Rule = "a stream has the shape of an answer"
	// DocumentWhole: a document's bytes are those of this patient's document.
	DocumentWhole Rule = "a document is whole, and this patient's"
	// FailureSaysWhy: a call fails only in a way that the contract knows, and says which.
	FailureSaysWhy Rule = "a failed call says why"
)

// All lists the rules in the order of a report.
func All() []Rule {
	return []Rule{
		OneOutcome, Completeness, PartialIsSaid, RightPatient, Whole, AskedOnly, MayBeCached, FreshEnough, KeptWhole, AfterPurge,
		OwnView, NoneStandsAlone, StreamWhole, DocumentWhole, FailureSaysWhy,
	}
}

// Violation is a broken promise. It names no patient.
type Violation struct {
	// Rule is what was broken.
	Rule Rule
	// Detail says where and how.
	Detail string
}
