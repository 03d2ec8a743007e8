// Package telemetry is what the gateway tells of itself: its log, its metrics and
// its traces. None of them carries an identifier of a patient, or anything of a
// record.
//
// The metrics are on one registry of their own, beside the usual ones of the Go
// runtime and the process. [Families] lists them; docs/operating.md says what to make
// of each. A method that the contract does not have is counted as "unknown", and no
// label holds what a caller sent, so that a caller cannot make labels.
package telemetry
