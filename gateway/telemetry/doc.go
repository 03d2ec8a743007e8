// Package telemetry is what the gateway tells of itself: its log, its metrics and
// its traces. None of them carries an identifier of a patient, or anything of a
// record.
//
// The metrics, all on one registry of their own:
//
//	lhcr_build_info{version}                               always 1
//	lhcr_calls_total{method,code}                          calls that ended, by gRPC method and code
//	lhcr_calls_in_flight                                   calls in progress
//	lhcr_call_duration_seconds{method}                     how long calls took
//	lhcr_call_refusals_total{method,reason}                calls that failed, by the contract's ErrorReason
//	lhcr_calls_unread_total{code}                          calls that ended before the gateway's own code saw them: bytes that
//	                                                       are no message, a message too large, an unknown compression; and
//	                                                       REST requests that were refused before they became a call
//	lhcr_request_bytes{method}                             the sizes of requests
//	lhcr_response_bytes{method}                            the sizes of answers, or of each part of a stream
//	lhcr_parts_total{method}                               the parts that streams sent
//	lhcr_panics_total                                      faults of ours that were caught
//	lhcr_audit_failures_total                              audit records that could not be written
//	lhcr_region_calls_total{region,method,outcome}         calls to regions
//	lhcr_region_call_duration_seconds{region,method}       how long they took
//
// and the usual ones of the Go runtime and the process. A method that the contract
// does not have is counted as "unknown", so that a caller cannot make labels.
package telemetry
