package show

import (
	"cmp"
	"fmt"
	"strings"

	"github.com/openlhcr/openlhcr/cmd/lhcr/shell"
	"github.com/openlhcr/openlhcr/cmd/lhcr/table"
	lhcrv1 "github.com/openlhcr/openlhcr/gen/go/lhcr/v1"
)

func (p *page) alerts() {
	block(p, "Alerts", p.record.Alerts(),
		[]string{"Alert", "Category", "Status", "Period", "Region"}, func(a *lhcrv1.Alert) table.Row {
			return table.Row{
				Cells: []string{
					negated(a.GetHeader(), orUnstated(a.GetCode().GetDisplay())), displays(a.GetCategories()),
					a.GetHeader().GetStatus(), period(a.GetPeriod()), a.GetHeader().GetRegionId(),
				},
				Notes: append(conceptNotes(a.GetCode()), itemNotes(a.GetHeader())...),
			}
		})
}

func (p *page) vaccinations() {
	block(p, "Vaccinations", p.record.Vaccinations(),
		[]string{"Vaccination", "Given", "Date", "Dose", "Lot", "Region"}, vaccinationRow)
}

func vaccinationRow(v *lhcrv1.Immunisation) table.Row {
	notes := append(conceptNotes(v.GetVaccine()), itemNotes(v.GetHeader())...)
	if why := displays(v.GetReasonsNotGiven()); why != "" {
		notes = append(notes, "Reason for not giving it, as recorded: "+why)
	}
	return table.Row{
		Cells: []string{
			negated(v.GetHeader(), vaccinationName(v)), given(v), joined(" ", day(v.GetOccurrence()), v.GetOccurrenceText()),
			doseNumber(v), v.GetLotNumber(), v.GetHeader().GetRegionId(),
		},
		Notes: notes,
	}
}

// vaccinationName is the procedure, which says which vaccination it was where the
// vaccine itself is "unknown".
func vaccinationName(v *lhcrv1.Immunisation) string {
	procedure, vaccine := v.GetProcedure().GetDisplay(), v.GetVaccine().GetDisplay()
	if procedure == "" || procedure == vaccine {
		return orUnstated(vaccine)
	}
	return joined(" — ", procedure, vaccine)
}

func given(v *lhcrv1.Immunisation) string {
	switch {
	case v.Given == nil:
		return unstated
	case v.GetGiven():
		return "given"
	}
	return "NOT GIVEN"
}

func doseNumber(v *lhcrv1.Immunisation) string {
	var all []string
	for _, p := range v.GetProtocols() {
		number := p.GetDoseNumber()
		if p.GetSeriesDoses() != "" {
			number += " of " + p.GetSeriesDoses()
		}
		all = append(all, number)
	}
	return joined(", ", append(all, quantity(v.GetDose()))...)
}

func (p *page) problems() {
	block(p, "Problems", p.record.Problems(),
		[]string{"Problem", "Status", "Significance", "Since", "Ended", "Region"}, func(c *lhcrv1.Problem) table.Row {
			return table.Row{
				Cells: []string{
					negated(c.GetHeader(), orUnstated(c.GetCode().GetDisplay())), joined(", ", c.GetClinicalStatus(), c.GetVerification()),
					c.GetSignificance(), joined(" ", day(c.GetOnset()), c.GetOnsetText()),
					joined(" ", day(c.GetAbatement()), c.GetAbatementText()), c.GetHeader().GetRegionId(),
				},
				Notes: append(conceptNotes(c.GetCode()), itemNotes(c.GetHeader())...),
			}
		})
}

func (p *page) documents() {
	block(p, "Documents", p.record.Documents(),
		[]string{"Document", "Created", "From", "Content", "Region"}, func(d *lhcrv1.Document) table.Row {
			return table.Row{
				Cells: []string{
					documentName(d), day(d.GetCreated()), organisation(d.GetCustodian()),
					contents(d.GetContents()), d.GetHeader().GetRegionId(),
				},
				Notes: append(itemNotes(d.GetHeader()), p.fetching(d)...),
			}
		})
}

func documentName(d *lhcrv1.Document) string {
	kind := d.GetType().GetDisplay()
	if d.GetDescription() == "" || d.GetDescription() == kind {
		return orUnstated(kind)
	}
	return joined(": ", kind, d.GetDescription())
}

// fetching is the command that gets each content of a document that can be got.
func (p *page) fetching(d *lhcrv1.Document) []string {
	if d.GetHeader().GetRetracted() {
		return nil
	}
	var commands []string
	for _, a := range d.GetContents() {
		if a.GetContentId() != "" {
			commands = append(commands, p.fetch(d, a))
		}
	}
	return commands
}

// foldedAt leaves room for a note's indent and for the mark that a line goes on.
const foldedAt = 8

// fetch is the command for one content, folded so that it can be pasted as it stands.
// The name of its file tells nothing of the patient.
func (p *page) fetch(d *lhcrv1.Document, a *lhcrv1.Attachment) string {
	h := d.GetHeader()
	command := cmp.Or(p.Fetching, "lhcr document get --target HOST:PORT --token-file FILE --nhs-number-file FILE") +
		" --region " + shell.Quote(h.GetRegionId()) + " --item " + shell.Quote(h.GetItemId())
	if len(d.GetContents()) > 1 {
		command += " --content " + shell.Quote(a.GetContentId())
	}
	command += " -o document"
	if a.GetMediaType() == "application/pdf" {
		command += ".pdf"
	}
	return "To fetch it:\n" + strings.Join(table.Wrap(command, p.Width-foldedAt), " \\\n")
}

// contents says whether each content of a document can be fetched.
func contents(all []*lhcrv1.Attachment) string {
	var said []string
	for _, a := range all {
		one := joined(" ", a.GetMediaType(), a.GetTitle())
		if a.Size != nil {
			one = joined(", ", one, fmt.Sprintf("%d bytes", a.GetSize()))
		}
		if a.GetContentId() == "" {
			one = joined(", ", one, "not available", a.GetUnavailable())
		}
		said = append(said, one)
	}
	return orUnstated(joined("; ", said...))
}
