// Package lookup reads one patient's record from the regions that hold it.
//
// One lookup walks one way: plan (regions and sections) → read the cache once →
// locate and fetch what is missing, every region side by side → check whose answer it
// is → encode once, into parts → keep what may be kept → select → assemble. Nothing
// is decoded after the fetch, and of what was kept nothing at all.
//
// A region's failure is an outcome of its sections and delays nobody else: each
// region has a time of its own, and the whole answers before the caller's deadline
// with what came by then. Nothing that is missing ever looks as if it were not
// there: every region and section asked for has an outcome, and the completeness of
// the whole is computed from them.
//
// What was kept is served to the same view only (see views), as fresh as the caller
// asks, once its identity was checked again, and it says that it was kept and how old
// it is. What is partial, failed or doubtful is never kept. Calls that ask the same
// region the same question at the same time share one call to it (see flight).
package lookup
