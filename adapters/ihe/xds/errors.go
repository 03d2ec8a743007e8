package xds

import (
	"github.com/openlhcr/openlhcr/adapters/call"
	"github.com/openlhcr/openlhcr/adapters/xmltree"
	lhcrv1 "github.com/openlhcr/openlhcr/gen/go/lhcr/v1"
)

// Error is one error of a registry's answer. Its words and its place are not read: they can
// name patients and addresses.
type Error struct {
	// Code is IHE's or ebXML's, "" for any other.
	Code string
	// Warning is the severity that the registry gave. Nothing is missing for a warning, unless its
	// code itself names what is.
	Warning bool
}

// UnknownPatient and TooManyResults are codes on which more is done than to report them.
const (
	UnknownPatient = "XDSUnknownPatientId"
	TooManyResults = "XDSTooManyResults"
)

func readErrors(response *xmltree.Element) []Error {
	var out []Error
	for _, list := range response.Children("RegistryErrorList") {
		for _, e := range list.Children("RegistryError") {
			code := lastPart(e.Attr("errorCode"))
			if !knownCodes[code] {
				code = ""
			}
			out = append(out, Error{Code: code, Warning: lastPart(e.Attr("severity")) == "Warning"})
		}
	}
	return out
}

// knownCodes may be passed on (IHE ITI TF-3 table 4.2.4.1-2; ebRS 3.0). Read only.
var knownCodes = map[string]bool{
	"DocumentQueued": true, "InvalidDocumentContent": true, "PartialAppendContentNotProcessed": true,
	"PartialFolderContentNotProcessed": true, "PartialRelationshipContentNotProcessed": true, "PartialReplaceContentNotProcessed": true,
	"PartialTransformNotProcessed": true, "PartialTransformReplaceNotProcessed": true, "UnresolvedReferenceException": true,
	"ReferencesExistException": true, "XDSDocumentUniqueIdError": true, "XDSDuplicateDocument": true,
	"XDSDuplicateUniqueIdInRegistry": true, "XDSDuplicateUniqueIdInMessage": true, "XDSExtraMetadataNotSaved": true,
	"XDSMissingDocument": true, "XDSMissingDocumentMetadata": true, "XDSMissingHomeCommunityId": true,
	"XDSNonIdenticalHash": true, "XDSNonIdenticalSize": true, "XDSPatientIdDoesNotMatch": true, "XDSPatientIDReconciliationError": true,
	"XDSRegistryBusy": true, "XDSRepositoryBusy": true, "XDSRegistryError": true, "XDSRepositoryError": true,
	"XDSRegistryDuplicateUniqueIdInMessage": true, "XDSRepositoryDuplicateUniqueIdInMessage": true,
	"XDSRegistryMetadataError": true, "XDSRepositoryMetadataError": true, "XDSRegistryNotAvailable": true,
	"XDSRegistryOutOfResources": true, "XDSRepositoryOutOfResources": true, "XDSReplaceFailed": true, "XDSResultNotSinglePatient": true,
	"XDSStoredQueryMissingParam": true, "XDSStoredQueryParamNumber": true, TooManyResults: true, "XDSUnavailableCommunity": true,
	"XDSUnknownCommunity": true, UnknownPatient: true, "XDSUnknownRepositoryId": true, "XDSUnknownStoredQuery": true,
	"XDSIDestinationError": true, "AuthorizationException": true, "UnsupportedCapabilityException": true,
	"TimeoutException": true, "QuotaExceededException": true, "InvalidRequestException": true, "QueryException": true,
	"ObjectNotFoundException": true, "RegistryException": true,
}

// Failure is the error in the contract's words.
func (e Error) Failure() *call.Failure {
	f := e.missing()
	if f == nil {
		f = call.Unavailable("the registry or repository failed")
	}
	if e.Code != "" {
		f.Message += " (" + e.Code + ")"
	}
	return f
}

// missing is what the code itself says did not come, nil where it says nothing of that.
func (e Error) missing() *call.Failure {
	switch e.Code {
	case "AuthorizationException":
		return call.Refused("the registry refused us")
	case "QuotaExceededException":
		f := call.Refused("the registry says that we ask too often")
		f.Retryable = true
		return f
	case "XDSRegistryBusy", "XDSRepositoryBusy", "XDSRegistryNotAvailable", "XDSRegistryOutOfResources", "XDSRepositoryOutOfResources":
		return call.Unavailable("the registry or repository is busy")
	case "TimeoutException":
		f := call.Unavailable("the registry did not answer in time")
		f.Kind = lhcrv1.GapKind_GAP_KIND_TIMED_OUT
		return f
	case "XDSUnavailableCommunity":
		return call.Unavailable("a community behind the region could not be reached: what it holds is missing")
	case TooManyResults:
		return call.Invalid(lhcrv1.GapKind_GAP_KIND_TOO_LARGE, "the registry has more documents than it lists at once").Final()
	case "XDSDocumentUniqueIdError", "XDSMissingDocument", "XDSUnknownRepositoryId", "ObjectNotFoundException", "UnresolvedReferenceException":
		return call.Invalid(lhcrv1.GapKind_GAP_KIND_ITEM_MISSING, "a document that is listed did not come").Final()
	case "XDSResultNotSinglePatient", "XDSPatientIdDoesNotMatch":
		return call.Invalid(lhcrv1.GapKind_GAP_KIND_OTHER_PERSON, "the registry's answer concerns several persons").Final()
	case "XDSUnknownStoredQuery", "XDSStoredQueryMissingParam", "XDSStoredQueryParamNumber", "XDSMissingHomeCommunityId",
		"XDSUnknownCommunity", "UnsupportedCapabilityException", "InvalidRequestException":
		return call.Unavailable("the registry did not accept what it was asked").Final()
	}
	return nil
}

// Verdict is what a response's status and errors come to.
type Verdict struct {
	// Failures are what is missing; empty when all came.
	Failures []*call.Failure
	// Whole says that the answer failed as a whole: nothing in it is to be believed complete.
	Whole bool
	// UnknownPatient says that the registry, or each community that spoke up, knows no such patient.
	UnknownPatient bool
	// TooMany says that the registry wants to be asked for ids only.
	TooMany bool
	// Warnings are the codes of warnings; "" for one that is not known.
	Warnings []string
}

// Judge reads status and errors together. That a part of those who were asked knows no such
// patient is a failure: what it holds is missing. A status of success beside an error is none, and a
// failure without any error still is one. A mere warning that a community could not be reached is
// one too: what that community holds can be the allergy.
func Judge(s Status, errs []Error) Verdict {
	v := Verdict{Whole: s == StatusFailure}
	for _, e := range errs {
		switch {
		case e.Warning && s != StatusFailure && e.missing() == nil:
			v.Warnings = append(v.Warnings, e.Code)
		case e.Code == UnknownPatient && s != StatusPartial:
			v.UnknownPatient = true
		case e.Code == TooManyResults:
			v.TooMany = true
			v.Failures = append(v.Failures, e.Failure())
		default:
			v.Failures = append(v.Failures, e.Failure())
		}
	}
	if len(v.Failures) > 0 || v.UnknownPatient {
		return v
	}
	switch s {
	case StatusSuccess:
	case StatusPartial, StatusFailure:
		v.Failures = append(v.Failures, Error{}.Failure())
	default:
		v.Failures, v.Whole = append(v.Failures, call.Malformed("the registry's answer does not say whether it is whole")), true
	}
	return v
}
