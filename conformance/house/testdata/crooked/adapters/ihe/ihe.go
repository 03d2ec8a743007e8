package ihe
