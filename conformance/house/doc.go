// Package house holds the rules of the house as tests over the tree: who may
// import whom, how large a file may grow, what stands at the top, which
// addresses may be named. It has no code for others.
//
// Each rule is a function from what is there to what is wrong; one test applies
// it to this repository, another shows it a violation.
package house
