package cda

import (
	"strings"

	"github.com/openlhcr/openlhcr/adapters/xmltree"
)

// The roots of template identifiers.
const (
	ccda = "2.16.840.1.113883.10.20.22.4." // Consolidated CDA, entries
	ccd  = "2.16.840.1.113883.10.20.1."    // Continuity of Care Document
	pcc  = "1.3.6.1.4.1.19376.1.5.3.1.4."  // IHE Patient Care Coordination, entries
)

// templates of entries, by what they are. Read only.
var (
	allergyTemplates   = []string{ccda + "7", ccda + "90", ccd + "18", pcc + "6"}
	allergyActs        = []string{ccda + "30", pcc + "5.3"}
	problemTemplates   = []string{ccda + "4", ccd + "28", pcc + "5"}
	concernActs        = []string{ccda + "3", ccda + "30", ccda + "132", ccda + "136", ccda + "33", ccda + "34", ccda + "65", ccda + "51", ccda + "80", ccd + "27", pcc + "5.1", pcc + "5.2", pcc + "5.3"}
	vaccineTemplates   = []string{ccda + "52", ccda + "120", pcc + "12"}
	familyTemplates    = []string{ccda + "45", ccda + "46", ccd + "23", ccd + "22", pcc + "15", pcc + "13.3"}
	reactionTemplates  = []string{ccda + "9", ccd + "54"}
	reportTemplates    = []string{ccda + "1", ccd + "32"}
	procedureTemplates = []string{ccda + "12", ccda + "13", ccda + "14", ccd + "29", pcc + "19"}
	sigTemplates       = []string{ccda + "147"}
)

// relation is a statement that stands in another.
type relation struct {
	typeCode string
	inverted bool
	denied   bool   // by the relation itself (negationInd)
	number   string // sequenceNumber
	e        *xmltree.Element
}

// relations takes what stands in the statement.
func (s *statement) relations() []relation {
	var out []relation
	for i := range s.e.Nodes {
		c := s.e.Nodes[i].Element
		if c == nil || c.Local != "entryRelationship" && c.Local != "component" {
			continue
		}
		s.taken[i] = true
		found := false
		for j := range c.Nodes {
			if inner := c.Nodes[j].Element; inner != nil && !isFrame(inner.Local) {
				found = true
				out = append(out, relation{c.Attr("typeCode"), c.Attr("inversionInd") == "true", isDenied(c), c.Child("sequenceNumber").Attr("value"), inner})
			}
		}
		if !found {
			s.note(c.Local, s.inWords(c))
		}
	}
	return out
}

// The codes by which small statements beside others are known: LOINC, SNOMED CT and HL7's ActCode.
const (
	codeComment     = "48767-8"
	codeStatus      = "33999-4"
	codeSeverity    = "SEV"
	codeCriticality = "82606-5"
	codeAge         = "445518008"
	codeAgeOlder    = "397659008"
	codePreference  = "225773000"
	codeRank        = "263486008"
	codeWhy         = "77301-0"
	codeDose        = "30973-2"
	codeSig         = "76662-6"
	codeFailed      = "103709008"
)

func (x relation) code() *xmltree.Element  { return x.e.Child("code") }
func (x relation) value() *xmltree.Element { return x.e.Child("value") }

func (x relation) isComment() bool {
	return is(x.code(), codeComment) || has(x.e, ccda+"64", pcc+"2", ccd+"40")
}

func (x relation) isStatus() bool {
	return is(x.code(), codeStatus) || has(x.e, ccda+"6", ccda+"28", ccda+"47", ccd+"50", ccd+"39", ccd+"47", pcc+"1.1")
}

func (x relation) isSeverity() bool {
	return is(x.code(), codeSeverity) || has(x.e, ccda+"8", ccd+"55", pcc+"1")
}

// isReaction reports what shows that the patient reacts.
func (x relation) isReaction() bool { return has(x.e, reactionTemplates...) || x.typeCode == "MFST" }

// isDenied reports an element that says of itself that it is not so (negationInd).
func isDenied(e *xmltree.Element) bool {
	v := strings.TrimSpace(attr(e, "negationInd"))
	return v == "1" || strings.EqualFold(v, "true")
}

// isDisowned reports what the document itself does not stand by: denied, taken back, or of the mood of nothing that is.
func (x relation) isDisowned() bool {
	mood := x.e.Attr("moodCode")
	return x.denied || isDenied(x.e) || x.e.Child("statusCode").Attr("code") == "nullified" || mood != "" && mood != "EVN"
}

// disown keeps in words what the document does not stand by.
func (s *statement) disown(x relation) { s.note("denied, taken back or not so", s.inWords(x.e)) }

func (x relation) isInstruction() bool { return has(x.e, ccda+"20", ccd+"49", pcc+"3", pcc+"3.1") }

// isReason reports what is given as the reason.
func (x relation) isReason() bool {
	return x.e.Local == "observation" && !x.isDisowned() && (x.typeCode == "RSON" && !is(x.code(), codePreference) || is(x.code(), codeWhy) || has(x.e, ccda+"19"))
}

// absorb takes what says something of the statement itself, as a note: comments, instructions, preferences, statuses,
// ages. Others are statements of their own.
func (s *statement) absorb(x relation) bool {
	switch {
	case x.denied, x.isSmall() && x.isDisowned():
		s.disown(x)
	case x.isComment():
		s.comment(x.e)
	case x.isInstruction():
		s.note("instruction", s.actWords(x.e))
	case x.isStatus():
		s.note("status", s.answerWords(x))
	case x.isSeverity():
		s.note("severity", s.answerWords(x))
	case is(x.code(), codePreference):
		s.note("preference", s.answerWords(x))
	case is(x.code(), codeAge, codeAgeOlder):
		s.note("age at onset", s.answerWords(x))
	case is(x.code(), codeRank):
		s.note("rank", s.answerWords(x))
	case has(x.e, ccda+"122"):
		s.pointer(x.e)
	default:
		return false
	}
	return true
}

// comment keeps a comment as a note with its author and its time.
func (s *statement) comment(e *xmltree.Element) {
	before := len(s.notes)
	s.note("", s.words.text(e.Child("text")))
	if len(s.notes) == before {
		return
	}
	n := &s.notes[before]
	if author := e.Child("author"); author != nil {
		n.Time = moment(author.Child("time"))
		if who := s.actorOf(author); who != nil {
			n.Author = referenceValue(who)
		}
	}
}

// actWords are an act's own words, with what its code says.
func (s *statement) actWords(e *xmltree.Element) string {
	words := s.words.text(e.Child("text"))
	code := s.concept(e.Child("code")).Show()
	if words == "" || code == "" || words == code {
		return words + code
	}
	return code + ": " + words
}

// answerWords are the value of a small observation.
func (s *statement) answerWords(x relation) string {
	v, absent := s.value(x.value())
	words := wordsOf(v)
	if words == "" {
		words = absent.Show()
	}
	if more := s.words.text(x.e.Child("text")); words == "" {
		words = more
	}
	return strings.TrimSpace(words)
}

// pointer keeps that an entry names another of the document.
func (s *statement) pointer(e *xmltree.Element) {
	s.pointers = append(s.pointers, s.identifiers(e.Children("id"))...)
}
