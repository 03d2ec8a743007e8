package edge

import (
	"math"

	lhcrv1 "github.com/openlhcr/openlhcr/gen/go/lhcr/v1"
	"google.golang.org/protobuf/proto"
	"google.golang.org/protobuf/types/known/durationpb"
)

// isPlain says that a request is of the kind that nearly all are, and breaks no rule.
// It spares such requests the rules' interpreter, which costs more than the rest of the
// walk. It only ever takes in less than the rules do: whatever it does not know is left
// to them, and a test holds every request that it takes against them.
func isPlain(request proto.Message) bool {
	switch m := request.(type) {
	case *lhcrv1.GetRecordRequest:
		return isPlainRecord(m)
	case *lhcrv1.StreamRecordRequest:
		return isPlainRecord(m.GetQuery())
	}
	return false
}

func isPlainRecord(m *lhcrv1.GetRecordRequest) bool {
	return m != nil && isPlainPatient(m.GetPatient()) && isPlainAccess(m.GetAccess()) && arePlainSections(m.GetSections()) &&
		arePlainRegions(m.GetRegions()) && isPlainAge(m.GetFreshness().GetMaxAge()) && m.GetWindow() == nil
}

func isPlainPatient(p *lhcrv1.PatientQuery) bool {
	return isNumber(p.GetNhsNumber()) && (p.GetDateOfBirth() == "" || isDay(p.GetDateOfBirth()))
}

// isNumber says whether a text is ten digits whose last one is right (modulus 11).
func isNumber(text string) bool {
	if len(text) != 10 {
		return false
	}
	sum := 0
	for i := range 10 {
		if !isDigit(text[i]) {
			return false
		}
		sum += int(text[i]-'0') * (10 - i)
	}
	return sum%11 == 0
}

// isDay says whether a text is a whole date of birth in form, 1951-04-17.
func isDay(text string) bool {
	if len(text) != 10 || text[4] != '-' || text[7] != '-' {
		return false
	}
	for i := range len(text) {
		if i != 4 && i != 7 && !isDigit(text[i]) {
			return false
		}
	}
	month, day := text[5:7], text[8:]
	return month >= "01" && month <= "12" && day >= "01" && day <= "31"
}

func isDigit(c byte) bool { return c >= '0' && c <= '9' }

// longestDevice is the rule's bound in characters; as bytes it takes in less.
const longestDevice = 200

func isPlainAccess(a *lhcrv1.AccessContext) bool {
	switch a.GetBasis() {
	case lhcrv1.AccessBasis_ACCESS_BASIS_LEGITIMATE_RELATIONSHIP, lhcrv1.AccessBasis_ACCESS_BASIS_PERMISSION_TO_VIEW:
	default:
		return false
	}
	return a.GetPurpose() == lhcrv1.Purpose_PURPOSE_DIRECT_CARE &&
		a.GetOverrideReason() == "" && len(a.GetConsents()) == 0 && len(a.GetDevice()) <= longestDevice
}

// arePlainSections says whether each is one that there is, and no two are the same.
func arePlainSections(sections []lhcrv1.Section) bool {
	var seen uint64
	for _, s := range sections {
		if s <= lhcrv1.Section_SECTION_UNSPECIFIED || s > lhcrv1.Section_SECTION_CLINICAL_NOTES || seen&(1<<s) != 0 {
			return false
		}
		seen |= 1 << s
	}
	return true
}

// fewRegions is how many regions are compared with each other here.
const fewRegions = 8

func arePlainRegions(r *lhcrv1.RegionSelection) bool {
	ids := r.GetRegionIds()
	if len(ids) > fewRegions || len(ids) > 0 && r.GetAll() {
		return false
	}
	for i, id := range ids {
		if !isRegionID(id) {
			return false
		}
		for _, other := range ids[:i] {
			if id == other {
				return false
			}
		}
	}
	return true
}

func isRegionID(id string) bool {
	if len(id) < 2 || len(id) > 63 || !isSmall(id[0]) {
		return false
	}
	for i := range len(id) {
		if c := id[i]; !isSmall(c) && !isDigit(c) && c != '-' {
			return false
		}
	}
	return true
}

func isSmall(c byte) bool { return c >= 'a' && c <= 'z' }

func isPlainAge(d *durationpb.Duration) bool {
	return d == nil || d.GetSeconds() >= 0 && d.GetSeconds() <= math.MaxInt32 && d.GetNanos() >= 0 && d.GetNanos() < 1e9
}
