package sdk

import lhcrv1 "github.com/openlhcr/openlhcr/gen/go/lhcr/v1"

// Report is one report of an investigation with its results.
type Report struct {
	// Report is the contract's own message.
	Report *lhcrv1.InvestigationReport
	// Results are what it points at: results, groups and comments, in the source's order.
	Results []*lhcrv1.InvestigationResult
}

// InvestigationReports is the section of investigation results as reports. Results
// in no report are in [Record.InvestigationResults] only, which holds all.
func (r *Record) InvestigationReports() Section[*Report] {
	var reports []*Report
	for _, report := range r.answer.GetRecord().GetInvestigationReports() {
		reports = append(reports, &Report{Report: report, Results: r.resultsOf(report)})
	}
	return split(r, lhcrv1.Section_SECTION_INVESTIGATION_RESULTS, reports,
		func(r *Report) bool { return r.Report.GetHeader().GetRetracted() })
}

func (r *Record) resultsOf(report *lhcrv1.InvestigationReport) []*lhcrv1.InvestigationResult {
	var results []*lhcrv1.InvestigationResult
	for _, link := range r.Links(report) {
		if result, ok := r.Item(link.GetRegionId(), link.GetToItemId()).(*lhcrv1.InvestigationResult); ok {
			results = append(results, result)
		}
	}
	return results
}
