package lookup

import (
	"crypto/sha256"
	"encoding/binary"

	"github.com/openlhcr/openlhcr/gateway/cache"
	adapterv1 "github.com/openlhcr/openlhcr/gen/go/lhcr/adapter/v1"
	lhcrv1 "github.com/openlhcr/openlhcr/gen/go/lhcr/v1"
	"google.golang.org/protobuf/types/known/timestamppb"
)

// variety is a set of what a region's answers vary by.
type variety uint16

const (
	byPerson variety = 1 << iota
	byOrganisation
	byRole
	byPurpose
	byBasis
	byDevice // no definition can name it: it counts where a definition names nothing
	byAll    = byPerson | byOrganisation | byRole | byPurpose | byBasis | byDevice
)

// varietyOf is what a region's definition says. One that says nothing, or something
// that is not known here, varies by everything that is sent to it.
func varietyOf(stated []lhcrv1.VariesBy) variety {
	var v variety
	for _, s := range stated {
		switch s {
		case lhcrv1.VariesBy_VARIES_BY_PERSON:
			v |= byPerson
		case lhcrv1.VariesBy_VARIES_BY_ORGANISATION:
			v |= byOrganisation
		case lhcrv1.VariesBy_VARIES_BY_ROLE:
			v |= byRole
		case lhcrv1.VariesBy_VARIES_BY_PURPOSE:
			v |= byPurpose
		case lhcrv1.VariesBy_VARIES_BY_BASIS:
			v |= byBasis
		default:
			return byAll
		}
	}
	if v == 0 {
		return byAll
	}
	return v
}

// views are the views of a caller on one region: on its records as they are asked
// for, on where it holds the person, and on whether it took back what it had said.
//
// Two callers have the same view only where they are the same in everything that
// the region's answers vary by. The supplier always counts: which of its people are
// who is its own word.
type views struct{ record, location, withdrawn cache.View }

// viewsOf digests who asks, why and how.
func viewsOf(v variety, caller *adapterv1.Caller, access *lhcrv1.AccessContext, patient *lhcrv1.PatientQuery, how manner) views {
	var room [768]byte
	who := appendCaller(append(room[:0], byte(v), byte(v>>8)), v, caller, access)
	// The date of birth is sent to the region, which may find the person or not because
	// of it: what it said holds for that date only.
	who = appendText(who, patient.GetDateOfBirth())
	record := sha256.Sum256(how.append(append(who, 'r')))
	// These hold for any stretch of time.
	location := sha256.Sum256(append(who, 'l'))
	withdrawn := sha256.Sum256(append(who, 't'))
	return views{record: cache.View(record[:]), location: cache.View(location[:]), withdrawn: cache.View(withdrawn[:])}
}

// appendCaller writes what counts, each with its length, so that nothing runs into
// what follows it.
func appendCaller(b []byte, v variety, caller *adapterv1.Caller, access *lhcrv1.AccessContext) []byte {
	b = appendText(b, caller.GetSupplierId())
	if v&byPerson != 0 {
		b = appendText(b, caller.GetPersonId(), caller.GetPersonIdSystem(), caller.GetPersonName())
	}
	if v&byOrganisation != 0 {
		b = appendText(b, caller.GetOrganisationOdsCode(), caller.GetOrganisationName())
	}
	if v&byRole != 0 {
		b = appendText(b, caller.GetRoleCode(), caller.GetRoleName(), caller.GetRoleProfileId())
	}
	if v&byPurpose != 0 {
		b = binary.AppendUvarint(b, uint64(access.GetPurpose()))
	}
	if v&byBasis != 0 {
		b = appendText(binary.AppendUvarint(b, uint64(access.GetBasis())), access.GetOverrideReason())
	}
	if v&byDevice != 0 {
		b = appendText(b, access.GetDevice())
	}
	return b
}

// manner is how a record is asked for.
type manner struct {
	window *lhcrv1.TimeWindow
	source bool
}

func (m manner) append(b []byte) []byte {
	if m.source {
		b = append(b, 's')
	}
	if m.window == nil {
		return b
	}
	b = append(b, 'w')
	for _, t := range []*timestamppb.Timestamp{m.window.GetFrom(), m.window.GetTo(), m.window.GetChangedSince()} {
		b = appendMoment(b, t)
	}
	return b
}

func appendMoment(b []byte, t *timestamppb.Timestamp) []byte {
	if t == nil {
		return append(b, 0)
	}
	b = binary.AppendVarint(append(b, 1), t.GetSeconds())
	return binary.AppendVarint(b, int64(t.GetNanos()))
}

func appendText(b []byte, texts ...string) []byte {
	for _, s := range texts {
		b = append(binary.AppendUvarint(b, uint64(len(s))), s...)
	}
	return b
}
