package sdk

import (
	"time"

	lhcrv1 "github.com/openlhcr/openlhcr/gen/go/lhcr/v1"
	"google.golang.org/protobuf/types/known/timestamppb"
)

// Query asks for one patient's record. Patient and Access are required.
type Query struct {
	// Patient is the patient.
	Patient Patient
	// Access says why the record is read.
	Access Access
	// Sections are those asked for. Empty asks for every section. What was not asked
	// for is incomplete in the answer, never empty.
	Sections []lhcrv1.Section
	// Regions are those asked. The zero value asks the regions of your organisation.
	Regions Regions
	// Freshness says how old the answer may be. The zero value leaves it to the gateway.
	Freshness Freshness
	// Window narrows the query to a stretch of time. The zero value asks for the whole record.
	Window Window
	// IncludeSource asks for each item's original bytes: see [Record.Source].
	IncludeSource bool
}

// Regions says which regions are asked. The zero value is the regions of the
// caller's own organisation and those that the supplier has declared.
type Regions struct {
	ids []string
	all bool
}

// OnlyRegions asks these regions, or names that stand for several ("wessex").
func OnlyRegions(ids ...string) Regions { return Regions{ids: ids} }

// AllRegions asks every region. Telling every region about a patient needs a reason.
func AllRegions() Regions { return Regions{all: true} }

func (r Regions) message() *lhcrv1.RegionSelection {
	if !r.all && len(r.ids) == 0 {
		return nil
	}
	return &lhcrv1.RegionSelection{RegionIds: r.ids, All: r.all}
}

func moment(t time.Time) *timestamppb.Timestamp {
	if t.IsZero() {
		return nil
	}
	return timestamppb.New(t)
}

func (q Query) message() (*lhcrv1.GetRecordRequest, error) {
	patient, violations := q.Patient.message()
	access, more := q.Access.message()
	if violations = append(violations, more...); violations != nil {
		return nil, invalid(violations)
	}
	return &lhcrv1.GetRecordRequest{
		Patient: patient, Access: access, Sections: q.Sections, Regions: q.Regions.message(),
		Freshness: q.Freshness.message, Window: q.Window.message(), IncludeSource: q.IncludeSource,
	}, nil
}
