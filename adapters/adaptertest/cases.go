package adaptertest

import (
	"context"
	"testing"
)

// testCase is one promise.
type testCase struct {
	// name says the promise, with the clause of the contract that it stands in.
	name string
	// needs says what of the subject is missing for it, or "".
	needs func(Subject) string
	check func(context.Context, *testing.T, Subject)
}

func (c testCase) skip(s Subject) string {
	if c.needs == nil {
		return ""
	}
	return c.needs(s)
}

// cases is the table of all promises.
func cases() []testCase {
	return []testCase{
		{"ADP-010 describe is complete, stable and its own copy", nil, describeIsStable},
		{"ADP-010 describe needs no region", nil, describeNeedsNothing},
		{"ADP-016 the configuration is told, as a digest", nil, configurationIsTold},
		{"ADP-004 what is not declared is unimplemented", nil, undeclaredIsUnimplemented},
		{"ADP-012 one outcome for each section, and the patient", nil, oneOutcomeEach},
		{"ADP-012 items come with their header", nil, itemsHaveHeaders},
		{"ADP-012 sections are given or refused as described", nil, supportIsAsDescribed},
		{"ADP-012 one section brings that section only", nil, onlyWhatIsAsked},
		{"ADP-012 a patient who is not held is an outcome", nil, notHeldIsAnOutcome},
		{"ADP-011 locate answers held and not held", nil, locateAnswers},
		{"ADP-011 a handle does what a number does", nil, handleServes},
		{"ADP-011 a forged handle is refused", nil, forgedHandleIsRefused},
		{"ADP-011 another patient's handle is refused", needAnother, foreignHandleIsRefused},
		{"ADP-013 somebody else's record is not delivered", needMismatched, mismatchIsNotDelivered},
		{"ADP-014 a listed document comes whole", needDocument, documentComes},
		{"ADP-014 an unlisted document is not found", nil, unlistedDocumentIsNotFound},
		{"ADP-014 another patient's document is not found", needDocument, foreignDocumentIsNotFound},
		{"CHECK a sound region is healthy", nil, checkIsHealthy},
		{"ADP-001 calls side by side do not touch each other", nil, concurrentCallsAgree},
		{"ADP-001 a call with a finished context returns at once", nil, finishedContextReturns},
		{"ADP-001 a cancelled call returns at once", needHang, cancelledCallReturns},
		{"ADP-002 the same question twice has the same answer", nil, nothingIsKept},
		{"ADP-003 no error names a patient", nil, errorsNameNobody},
		{"LEAK nothing runs on", nil, nothingRunsOn},
		{"FAULT a fault changes its section's outcome and nothing else", needFaults, faultsStayWhereTheyAre},
	}
}
