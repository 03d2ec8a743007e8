// Package redistest starts real Redis servers for tests: one alone, a Cluster, a
// primary with its replica behind Sentinels. It kills, restarts, pauses and refills
// them. Nothing but the redis-server command is needed, and nothing it starts
// outlives the test, even when the test panics.
//
// Where redis-server is missing the test is skipped, unless LHCR_REQUIRE_SERVICES is
// set: then it fails. The servers keep nothing on disk, and listen on loopback only.
// The package works on Unix only, for it stops processes by signals.
package redistest
