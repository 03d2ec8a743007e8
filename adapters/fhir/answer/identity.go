package answer

import (
	"cmp"
	"slices"
	"strings"

	"github.com/openlhcr/openlhcr/adapters/fhir/model"
	"github.com/openlhcr/openlhcr/sdk/nhsnumber"
)

// NHSNumberSystem is the identifier system of the NHS number.
const NHSNumberSystem = "https://fhir.nhs.uk/Id/nhs-number"

// IsNHSNumberSystem reports the system of the NHS number, under its present and
// its former addresses and its OID.
func IsNHSNumberSystem(system string) bool {
	return strings.HasSuffix(strings.ToLower(system), "/nhs-number") ||
		strings.HasSuffix(system, "2.16.840.1.113883.2.1.4.1")
}

// Patient is one Patient resource of the answer, as far as identity goes.
type Patient struct {
	Entry *Entry
	// Numbers are the patient's NHS numbers, Former those that no longer are: marked as
	// old, or ended.
	Numbers, Former []PatientNumber
	// BirthDate as recorded, perhaps a year only.
	BirthDate model.When
	// Restricted says that a security label R or V is set: an address may be
	// missing for that reason.
	Restricted bool
	// Superseded says that the record was replaced by another, or that the number asked
	// for is a former one; SupersededBy is the NHS number that replaced it, empty when
	// nothing names one.
	Superseded   bool
	SupersededBy string
	// Links are the resource's links to other records of the same person.
	Links []model.PatientLink
	// Other says that the record does not carry the number asked for and may be somebody
	// else's: it may carry another number, however that is written, or its date of birth
	// contradicts that of the person asked for.
	Other bool
	// Conflicting says that the record carries two NHS numbers as current ones.
	Conflicting bool

	identifiers []model.Identifier
}

// PatientNumber is an NHS number as it was sent.
type PatientNumber struct {
	Value string // as sent, without blanks
	// Valid says that the modulus 11 check digit is right. 15 of 44 published
	// fixtures fail it: a wrong one is shown, not hidden.
	Valid bool
	// Verification is the verification status, a number or words; nil when not
	// sent.
	Verification *model.Concept
}

// Number is the patient's first NHS number, empty without one.
func (p *Patient) Number() string {
	if len(p.Numbers) == 0 {
		return ""
	}
	return p.Numbers[0].Value
}

// Has reports that the patient carries this NHS number, be it as a former one: a patient
// who is asked for by a former number is superseded.
func (p *Patient) Has(number string) bool { return p.owns(number) || carries(p.Former, number) }

// owns reports that this is a number that the patient has now.
func (p *Patient) owns(number string) bool { return carries(p.Numbers, number) }

func carries(list []PatientNumber, number string) bool {
	return slices.ContainsFunc(list, func(n PatientNumber) bool { return n.Value == number })
}

// Patients are the Patient resources that came, contained ones left out, in the
// order sent.
func (a *Answer) Patients() []*Patient { return a.patients }

// target is whom the answer is to be about.
type target struct {
	number  string   // NHS number; "" when none is known
	patient *Patient // the answer's only patient, when there is exactly one
}

func (a *Answer) readPatients() {
	numbers := map[string]bool{}
	for e, p := range Each[model.Patient](a) {
		if e.Container != nil {
			continue
		}
		patient := a.patient(e, p)
		a.patients = append(a.patients, patient)
		if n := patient.Number(); n != "" {
			numbers[n] = true
		}
	}
	a.subject.number = a.options.NHSNumber
	if len(a.patients) == 1 {
		a.subject.patient = a.patients[0]
	}
	if a.subject.number == "" && len(numbers) == 1 {
		for n := range numbers {
			a.subject.number = n
		}
	}
	a.readOthers()
}

func (a *Answer) patient(e *Entry, p *model.Patient) *Patient {
	out := &Patient{Entry: e, BirthDate: p.BirthDate, Links: p.Link, identifiers: p.Identifier}
	for i := range p.Identifier {
		if id := &p.Identifier[i]; IsNHSNumberSystem(id.System) && id.Value != "" {
			if a.isOld(id) {
				out.Former = append(out.Former, patientNumber(id))
			} else {
				out.Numbers = append(out.Numbers, patientNumber(id))
			}
		}
	}
	if p.Meta != nil {
		for _, s := range p.Meta.Security {
			out.Restricted = out.Restricted || s.Code == "R" || s.Code == "V"
		}
	}
	for i := range p.Link {
		if p.Link[i].Type == "replaced-by" {
			out.Superseded = true
			out.SupersededBy = a.numberOf(e, p.Link[i].Other)
		}
	}
	if asked := a.options.NHSNumber; asked != "" && out.Has(asked) && !out.owns(asked) {
		out.Superseded = true
		out.SupersededBy = cmp.Or(out.SupersededBy, out.Number())
	}
	return out
}

// Merged reports a patient whose record was merged into another of the same person: it is
// replaced by one of its own number or, having none, of the number asked for, or of no
// number that is known. Its number stands; only another number replaces a number.
func (a *Answer) Merged(p *Patient) bool {
	if !slices.ContainsFunc(p.Links, func(l model.PatientLink) bool { return l.Type == "replaced-by" }) {
		return false
	}
	if asked := a.options.NHSNumber; asked != "" && carries(p.Former, asked) && !p.owns(asked) {
		return false
	}
	return p.SupersededBy == "" || p.owns(p.SupersededBy) || len(p.Numbers) == 0 && p.SupersededBy == a.subject.number
}

// isOld reports an identifier that its owner no longer has.
func (a *Answer) isOld(id *model.Identifier) bool {
	if id.Use == "old" {
		return true
	}
	if id.Period == nil || a.options.Now.IsZero() {
		return false
	}
	end := id.Period.End.Parse()
	last := end.Time.AddDate(0, 0, 1)
	switch end.Precision { // an end runs to the end of the year, month or day it names
	case model.PrecisionNone, model.PrecisionTime:
		return false
	case model.PrecisionYear:
		last = end.Time.AddDate(1, 0, 0)
	case model.PrecisionMonth:
		last = end.Time.AddDate(0, 1, 0)
	default:
	}
	return !last.After(a.options.Now)
}

// grouping is what stands between the groups of digits of a number.
var grouping = strings.NewReplacer(" ", "", "-", "")

func patientNumber(id *model.Identifier) PatientNumber {
	value := grouping.Replace(id.Value)
	n := PatientNumber{Value: value}
	_, err := nhsnumber.Parse(value)
	n.Valid = err == nil
	if x := model.FindExtension(id.Extension, "NHSNumberVerificationStatus"); x != nil {
		n.Verification = x.Value.Concept()
	} else if x := model.FindExtension(id.Extension, "nhsNumberVerificationStatus"); x != nil {
		n.Verification = x.Value.Concept()
	}
	return n
}

// numberOf gives the NHS number that a reference to a patient carries, in its
// identifier, in the patient it leads to, or as its id.
func (a *Answer) numberOf(from *Entry, ref *model.Reference) string {
	if ref == nil {
		return ""
	}
	if id := ref.Identifier; id != nil && (IsNHSNumberSystem(id.System) || valid(id.Value) && id.System == "") {
		return id.Value
	}
	if e := a.Follow(from, ref); As[model.Patient](e) != nil {
		for i := range e.Head().Identifier {
			if id := &e.Head().Identifier[i]; IsNHSNumberSystem(id.System) && !a.isOld(id) {
				return id.Value
			}
		}
	}
	if id := ref.Target().ID; valid(id) {
		return id
	}
	return ""
}

func valid(number string) bool {
	_, err := nhsnumber.Parse(number)
	return err == nil
}
