// Package part holds what one region gave for one section of one person: encoded
// once, right after the identity check, and never decoded again. A [Location] is
// what the region said of whether it holds the person at all.
//
// The encodings of two Records laid end to end decode to the Record that holds
// both (contract REC-030). So a [Part] keeps each item as it will stand in an
// answer, beside a small index that says which item it is, under which headings it
// belongs and with what it may be tied. An answer is put together from parts by
// choosing encodings and laying them end to end.
//
// A Part is one value: outcome and items together, so that whoever keeps it can
// never hold RETURNED over items that are gone. [Part.AppendBinary] and [Parse]
// write and reload it without touching an item.
package part

import (
	"time"

	"github.com/openlhcr/openlhcr/gateway/lookup/identity"
	lhcrv1 "github.com/openlhcr/openlhcr/gen/go/lhcr/v1"
	"google.golang.org/protobuf/encoding/protowire"
)

// MaxItemBytes is the largest encoding of one item, link, original or outcome that
// is delivered: what fits into a stream's part of 1 MiB beside its envelope. What
// is larger becomes a gap.
const MaxItemBytes = 1<<20 - 1<<10

// Part is what one region gave for one section. It is never changed once made, and
// safe for concurrent use.
type Part struct {
	// Region is the region's id.
	Region string
	// Section is the section.
	Section lhcrv1.Section
	// Status is the outcome's status, for the completeness of the whole.
	Status lhcrv1.OutcomeStatus
	// Flawed is true when the outcome has a gap, a warning or a truncation.
	Flawed bool
	// Fleeting is true when the part must not be kept: the outcome has a gap, an
	// unresolved entry or a truncation, or came from a cache of the region's already.
	Fleeting bool
	// Retrieved is when the region answered. Zero when it did not.
	Retrieved time.Time
	// People are the patients of the answer, for the check of a part that was kept.
	People []identity.Person
	// Outcome is the encoded SectionOutcome.
	Outcome []byte
	// Report is what of the region's whole answer did not become items, encoded as
	// the reported field of a RegionReport. Parts of one answer carry the same.
	Report []byte
	// Items are the items under the heading, whether kept under it or also under it.
	Items []Item
	// Links are the pointers that start at one of Items.
	Links []Link
	// Sources are the originals of Items.
	Sources []Source
}

// Item is one item: its encoding and what must be known to choose it.
type Item struct {
	// Field is the number of the field of Record in which it stands.
	Field protowire.Number
	// Place is its place among the items of that field, as the region sent them.
	Place uint32
	// ID is its item id. Empty for a course of medication, which has none.
	ID string
	// Sections are all headings to which it belongs, the one it is kept under first.
	Sections []lhcrv1.Section
	// Labels are its confidentiality labels, each "system|code".
	Labels []string
	// Needs are ids of the items that it names and says something of. It is chosen
	// only when all of them are.
	Needs []string
	// Ties are the keys under which it may be tied to other items.
	Ties []Tie
	// Encoded is the item with the tag and length of its field of Record. Its capacity
	// goes on over the items that lie behind it, so that a run of them can be sent as
	// one: nothing may ever be appended to it.
	Encoded []byte
}

// Link is a pointer from one item to another.
type Link struct {
	// From is the id of the item that points.
	From string
	// To is the id of the item pointed at. Empty when the reference led nowhere.
	To string
	// Place is its place among the links, as the region sent them.
	Place uint32
	// Encoded is the ItemLink.
	Encoded []byte
}

// Source is the original of an item.
type Source struct {
	// ItemID is the id of the item.
	ItemID string
	// Place is its place among the originals, as the region sent them.
	Place uint32
	// Encoded is the SourceResource.
	Encoded []byte
}

// Tie is a key that items which may be about the same thing have in common.
type Tie struct {
	// Basis is on what it rests.
	Basis lhcrv1.EquivalenceBasis
	// Key is a hash of what they have in common.
	Key [16]byte
}
