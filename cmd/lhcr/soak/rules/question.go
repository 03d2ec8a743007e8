package rules

import (
	"time"

	lhcrv1 "github.com/openlhcr/openlhcr/gen/go/lhcr/v1"
)

// Question is what was asked, as far as the rules need it.
type Question struct {
	// Patient tells patients apart. It is no identifier.
	Patient int
	// Regions and Sections are those asked for, each spelt out.
	Regions  []string
	Sections []lhcrv1.Section
	// Who is on whose behalf it is asked, and on what footing: what a region's word that it
	// holds a patient may depend on.
	Who string
	// View is that and how it is asked: whatever a region's answer may depend on.
	View string
	// PastCache says that nothing kept may be served: asked past the cache, or on grounds
	// for which nothing is kept.
	PastCache bool
	// MaxAge is how old the answer may be. Negative for unbounded.
	MaxAge time.Duration
	// Truth is what the regions hold of the patient, asked for in this way. Nil where
	// that is not known: the rules that need it are then left out.
	Truth *Truth
}

// Answer is what came.
type Answer struct {
	Question
	// Sent and Received are when the call was sent and when the whole answer was there.
	Sent, Received time.Time
	// Response is the answer. A stream's parts are put together: see [Stream].
	Response *lhcrv1.GetRecordResponse

	items []held
}

// Place is a section of a region.
type Place struct {
	// Region is the region's id.
	Region string
	// Section is the section.
	Section lhcrv1.Section
}

func (p Place) String() string { return p.Region + "/" + p.Section.String() }

// Sections are all sections of the contract: what an empty list asks for.
func Sections() []lhcrv1.Section {
	values := lhcrv1.Section(0).Descriptor().Values()
	var all []lhcrv1.Section
	for i := range values.Len() {
		if n := values.Get(i).Number(); n != 0 {
			all = append(all, lhcrv1.Section(n))
		}
	}
	return all
}
