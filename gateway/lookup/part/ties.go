package part

import (
	"crypto/sha256"
	"encoding/binary"
	"slices"
	"strings"

	lhcrv1 "github.com/openlhcr/openlhcr/gen/go/lhcr/v1"
	"google.golang.org/protobuf/proto"
)

// ties are the keys under which an item may be tied to others (contract rule 12).
// There are two bases and nothing weaker: the same business identifier, or the same
// coding under the same heading on the same recorded day, each from the same source
// organisation. Without an ODS code nobody can say that it is the same one.
//
// A tie never joins different kinds of message, and by code never two items that
// say different things of what is coded: another dose, another value. Their
// difference must not be hidden behind a likeness.
func ties(item headed) []Tie {
	h := item.GetHeader()
	source := strings.ToUpper(strings.TrimSpace(h.GetSourceOrganisation().GetOdsCode()))
	if source == "" {
		return nil
	}
	return append(identifierTies(item, h, source), codeTies(item, h, source)...)
}

func identifierTies(item headed, h *lhcrv1.ItemHeader, source string) []Tie {
	var keys []Tie
	for _, id := range identifiers(item, h) {
		if id.GetSystem() == "" || id.GetValue() == "" {
			continue
		}
		keys = addTie(keys, lhcrv1.EquivalenceBasis_EQUIVALENCE_BASIS_BUSINESS_IDENTIFIER,
			kindOf(item), source, id.GetSystem(), id.GetValue())
	}
	return keys
}

// identifiers leaves out those of a person: they name whom the record is about, not
// what the source wrote of them.
func identifiers(item headed, h *lhcrv1.ItemHeader) []*lhcrv1.Identifier {
	switch m := item.(type) {
	case *lhcrv1.Person:
		return nil
	case *lhcrv1.Document:
		return append(slices.Clone(h.GetIdentifiers()), m.GetMasterIdentifier())
	}
	return h.GetIdentifiers()
}

func codeTies(item headed, h *lhcrv1.ItemHeader, source string) []Tie {
	day := recordedDay(h.GetRecorded())
	concepts, says, ok := coded(item)
	if day == "" || !ok {
		return nil
	}
	state := "as recorded"
	if h.GetRetracted() {
		state = "retracted"
	}
	if h.GetNegated() {
		state += ", negated"
	}
	var keys []Tie
	for _, c := range codings(concepts) {
		parts := []string{kindOf(item), h.GetSection().String(), source, day, state, c.GetSystem(), c.GetCode()}
		keys = addTie(keys, lhcrv1.EquivalenceBasis_EQUIVALENCE_BASIS_CODE_DATE_AND_SOURCE, append(parts, says...)...)
	}
	return keys
}

// codings are the exact codings of concepts. A concept whose code means "could not
// be understood", or whose codings contradict each other, is no ground for a tie.
func codings(concepts []*lhcrv1.Concept) []*lhcrv1.Coding {
	var exact []*lhcrv1.Coding
	for _, c := range concepts {
		if c.GetDegraded() || c.GetCodingsDisagree() {
			continue
		}
		for _, coding := range c.GetCodings() {
			if coding.GetSystem() != "" && coding.GetCode() != "" {
				exact = append(exact, coding)
			}
		}
	}
	return exact
}

// recordedDay is the day on which an item was recorded, as sent. A month or a year
// is no date to tell two entries by.
func recordedDay(w *lhcrv1.When) string {
	switch w.GetPrecision() {
	case lhcrv1.DatePrecision_DATE_PRECISION_DAY, lhcrv1.DatePrecision_DATE_PRECISION_LOCAL_TIME, lhcrv1.DatePrecision_DATE_PRECISION_INSTANT:
	default:
		return ""
	}
	day, _, _ := strings.Cut(w.GetOriginal(), "T")
	day = strings.ReplaceAll(day, "-", "")
	if len(day) < 8 {
		return ""
	}
	return day[:8]
}

func kindOf(item proto.Message) string {
	return string(item.ProtoReflect().Descriptor().Name())
}

func addTie(keys []Tie, basis lhcrv1.EquivalenceBasis, parts ...string) []Tie {
	tie := Tie{Basis: basis, Key: hash(parts)}
	if slices.Contains(keys, tie) {
		return keys
	}
	return append(keys, tie)
}

// hash writes each part with its length, so that no two lists of parts run together.
func hash(parts []string) [16]byte {
	b := make([]byte, 0, 256)
	for _, p := range parts {
		b = binary.AppendUvarint(b, uint64(len(p)))
		b = append(b, p...)
	}
	sum := sha256.Sum256(b)
	return [16]byte(sum[:16])
}
