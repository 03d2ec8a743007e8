// Package lookup reads one patient's record from the regions that hold it.
//
// One lookup walks one way: plan (regions and sections) → locate and fetch, every
// region side by side → check whose answer it is → encode once, into parts → select
// → assemble. Nothing is decoded after the fetch.
//
// A region's failure is an outcome of its sections and delays nobody else: each
// region has a time of its own, and the whole answers before the caller's deadline
// with what came by then. Nothing that is missing ever looks as if it were not
// there: every region and section asked for has an outcome, and the completeness of
// the whole is computed from them.
//
// Every answer is live for now, so any freshness asked for is kept.
package lookup
