//go:build race

package gateway_test

// raced says that the race detector runs, which takes memory of its own.
const raced = true
