package mapping

import (
	"strings"

	"github.com/openlhcr/openlhcr/adapters/fhir/contract"
	"github.com/openlhcr/openlhcr/adapters/fhir/model"
	lhcrv1 "github.com/openlhcr/openlhcr/gen/go/lhcr/v1"
)

// medicineExtensions are what the British profiles add to medicines: GP Connect and
// Care Connect (STU3), UK Core, and NHS Digital's medicines guide (DM, EPS). An
// extension is known by a word in the end of its address, which stays while publishers
// move the rest; the first that fits is meant. Read only.
var medicineExtensions = []struct {
	word string
	read extensionReader
}{
	{"RepeatInformation", func(m *Mapper, item *lhcrv1.Medication, x *model.Extension) { m.repeatInformation(item, x) }},
	{"DM-PrescriptionType", func(_ *Mapper, item *lhcrv1.Medication, x *model.Extension) {
		item.PrescriberType = contract.Concept(x.Value.Concept())
	}},
	{"PrescriptionType", func(m *Mapper, item *lhcrv1.Medication, x *model.Extension) {
		m.prescriptionType(item, "prescriptionType", x.Value.Concept())
	}},
	{"PrescribingAgency", func(m *Mapper, item *lhcrv1.Medication, x *model.Extension) {
		item.PrescribingAgency = m.sharedConcept(x.Value.Concept())
	}},
	{"LastIssueDate", func(_ *Mapper, item *lhcrv1.Medication, x *model.Extension) {
		item.LastIssued = contract.When(x.Value.When())
	}},
	{"DosageLastChanged", func(_ *Mapper, item *lhcrv1.Medication, x *model.Extension) { doseChange(item, x) }},
	{"DosageChanged", func(_ *Mapper, item *lhcrv1.Medication, x *model.Extension) { doseChange(item, x) }},
	{"StatusReason", func(_ *Mapper, item *lhcrv1.Medication, x *model.Extension) { statusReason(item, x) }},
	{"MedicationChangeSummary", func(_ *Mapper, item *lhcrv1.Medication, x *model.Extension) { changeSummary(item, x) }},
	{"PrescriptionStatusHistory", func(_ *Mapper, item *lhcrv1.Medication, x *model.Extension) { statusHistory(item, x) }},
	{"DispensingInformation", func(_ *Mapper, item *lhcrv1.Medication, x *model.Extension) {
		remark(item.GetHeader(), "dispenseStatus", x.Part("dispenseStatus").Concept().Show())
	}},
	{"TaskBusinessStatus", func(_ *Mapper, item *lhcrv1.Medication, x *model.Extension) {
		remark(item.GetHeader(), "taskBusinessStatus", x.Value.Concept().Show())
	}},
	{"ControlledDrug", func(_ *Mapper, item *lhcrv1.Medication, x *model.Extension) { controlledDrug(item, x) }},
}

// medicineWords are the words of the extensions that are read of medicines. Read only.
var medicineWords = func() []string {
	out := []string{"ResponsiblePractitioner"}
	for _, x := range medicineExtensions {
		out = append(out, x.word)
	}
	return out
}()

type extensionReader func(*Mapper, *lhcrv1.Medication, *model.Extension)

func (m *Mapper) extensions(item *lhcrv1.Medication, list []model.Extension) {
	for i := range list {
		if read := m.extensionReader(&list[i]); read != nil {
			read(m, item, &list[i])
		}
	}
}

// extensionReader is found once for each address: a record repeats a few a thousand times.
func (m *Mapper) extensionReader(x *model.Extension) extensionReader {
	read, ok := m.readers[x.URL]
	if ok {
		return read
	}
	for _, known := range medicineExtensions {
		if strings.Contains(x.Tail(), known.word) {
			read = known.read
			break
		}
	}
	m.readers[x.URL] = read
	return read
}

func statusReason(item *lhcrv1.Medication, x *model.Extension) {
	c := change(item)
	c.Reason = contract.Concept(x.Part("statusReason").Concept())
	c.Date = contract.When(x.Part("statusChangeDate").When())
	item.StatusDate = c.GetDate()
}

func changeSummary(item *lhcrv1.Medication, x *model.Extension) {
	c := change(item)
	c.Status = contract.Concept(x.Part("status").Concept())
	c.Reason = contract.Concept(x.Part("indicationForChange").Concept())
	c.Date = contract.When(x.Part("dateChanged").When())
	c.Details = x.Part("detailsOfAmendment").Text()
}

func statusHistory(item *lhcrv1.Medication, x *model.Extension) {
	item.StatusDate = contract.When(x.Part("statusDate").When())
	if c := contract.Concept(x.Part("status").Concept()); c != nil {
		change(item).Status = c
	}
}

func controlledDrug(item *lhcrv1.Medication, x *model.Extension) {
	item.ControlledDrug = &lhcrv1.ControlledDrug{
		Schedule: contract.Concept(x.Part("schedule").Concept()), QuantityInWords: x.Part("quantityWords").Text(),
	}
}

func (m *Mapper) repeatInformation(item *lhcrv1.Medication, x *model.Extension) {
	for i := range x.Extension {
		part := &x.Extension[i]
		switch name := strings.ToLower(part.URL); {
		case strings.HasSuffix(name, "allowed"):
			item.IssuesAllowed = m.count(item.GetHeader(), "issuesAllowed", part.Value.Number())
		case strings.HasSuffix(name, "issued"):
			item.IssuesMade = m.count(item.GetHeader(), "issuesMade", part.Value.Number())
		case strings.HasPrefix(name, "authorisationexpir"):
			item.AuthorisationExpiry = contract.When(part.Value.When())
		}
	}
}

// prescriptionType maps the codes one to one (contract MED-002): Care Connect's
// prescription type, and R4's course of therapy. Codings that map to two types map
// to none, and so do the two elements where they differ; both are kept.
func (m *Mapper) prescriptionType(item *lhcrv1.Medication, element string, c *model.Concept) {
	if c.IsEmpty() {
		return
	}
	found := prescriptionTypeOf(c)
	if item.GetPrescriptionTypeRecorded() == nil {
		item.PrescriptionTypeRecorded, item.PrescriptionType = m.sharedConcept(c), found
		return
	}
	remark(item.GetHeader(), element, c.Show())
	const open = lhcrv1.PrescriptionType_PRESCRIPTION_TYPE_UNSPECIFIED
	switch item.GetPrescriptionType() {
	case found:
	case open:
		item.PrescriptionType = found
	default:
		if found != open {
			item.PrescriptionType = open
		}
	}
}

// prescriptionTypeOf is the type that all codings of a concept which have one have.
func prescriptionTypeOf(c *model.Concept) lhcrv1.PrescriptionType {
	found := lhcrv1.PrescriptionType_PRESCRIPTION_TYPE_UNSPECIFIED
	for i := range c.Coding {
		switch t := prescriptionTypes[said(c.Coding[i].Code)]; {
		case t == lhcrv1.PrescriptionType_PRESCRIPTION_TYPE_UNSPECIFIED, t == found:
		case found == lhcrv1.PrescriptionType_PRESCRIPTION_TYPE_UNSPECIFIED:
			found = t
		default:
			return lhcrv1.PrescriptionType_PRESCRIPTION_TYPE_UNSPECIFIED
		}
	}
	return found
}

// prescriptionTypes is read only.
var prescriptionTypes = map[string]lhcrv1.PrescriptionType{
	"acute":                        lhcrv1.PrescriptionType_PRESCRIPTION_TYPE_ACUTE,
	"repeat":                       lhcrv1.PrescriptionType_PRESCRIPTION_TYPE_REPEAT,
	"continuous":                   lhcrv1.PrescriptionType_PRESCRIPTION_TYPE_REPEAT,
	"repeat-dispensing":            lhcrv1.PrescriptionType_PRESCRIPTION_TYPE_REPEAT_DISPENSING,
	"continuous-repeat-dispensing": lhcrv1.PrescriptionType_PRESCRIPTION_TYPE_REPEAT_DISPENSING,
	"delayed-prescribing":          lhcrv1.PrescriptionType_PRESCRIPTION_TYPE_DELAYED,
}

func doseChange(item *lhcrv1.Medication, x *model.Extension) {
	item.DoseChange = &lhcrv1.DoseChange{
		Change: contract.Concept(x.Value.Concept()), Date: contract.When(x.Value.When()), Changed: contract.Bool(x.Value.Bool()),
	}
	if !item.GetDoseChange().GetChanged() && item.GetDoseChange().Changed != nil {
		return // recorded as unchanged
	}
	flag(item.GetHeader(), lhcrv1.Flag_FLAG_DOSE_CHANGED)
}

// repeatsOfOrder reads how many repeats the order allows that an EPS prescription
// names as its basis (NHS Digital's medicines guide: EPS-RepeatInformation).
func (m *Mapper) repeatsOfOrder(item *lhcrv1.Medication, basedOn []model.Reference) {
	for i := range basedOn {
		if x := model.FindExtension(basedOn[i].Extension, "RepeatInformation"); x != nil && item.RepeatsAllowed == nil {
			item.RepeatsAllowed = m.count(item.GetHeader(), "basedOn.numberOfRepeatsAllowed", x.Part("numberOfRepeatsAllowed").Number())
		}
	}
}

// placeholderReason flags an end whose reason is a system's filler, not somebody's
// reason; of 81 published stopped plans 48 carry one of these.
func placeholderReason(item *lhcrv1.Medication) {
	if isPlaceholder(item.GetChange().GetReason().GetDisplay()) {
		flag(item.GetHeader(), lhcrv1.Flag_FLAG_END_REASON_PLACEHOLDER)
	}
}

// sharedConcept carries a concept of one coding over once for all items that repeat it:
// a record says "acute" and "prescribed at GP practice" hundreds of times.
func (m *Mapper) sharedConcept(c *model.Concept) *lhcrv1.Concept {
	if c == nil || len(c.Coding) != 1 || len(c.Coding[0].Extension) > 0 {
		return contract.Concept(c)
	}
	x := &c.Coding[0]
	key := repeated{x.System, x.Version, x.Code, x.Display, c.Text, x.UserSelected.IsTrue()}
	out, ok := m.concepts[key]
	if !ok {
		out = contract.Concept(c)
		m.concepts[key] = out
	}
	return out
}

// repeated is all that a concept of one coding says.
type repeated struct {
	system, version, code, display, text string
	chosen                               bool
}
