// Package composite makes one region of several regional systems: data from one, documents
// from another. Each system is an ordinary adapter with a definition of its own; all describe
// the same region.
//
// What it promises beyond an ordinary adapter:
//   - a system that hangs, fails or refuses takes nothing of another's answer with it;
//   - where systems give the same section, its outcome says what of any of them is missing,
//     and "none" is asserted only if no system contradicts or could (contract rules 2, 3, 5);
//   - if one system answers about somebody else, nothing of any is delivered (rule 7): two
//     systems of one region that disagree about whose a number is cannot both be right, and
//     nobody here can tell which is;
//   - items of a further system carry its name in front of their ids, so that equal ids of two
//     systems stay apart, and a document is fetched where it was listed.
package composite
