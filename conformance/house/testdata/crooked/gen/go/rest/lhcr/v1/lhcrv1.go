package lhcrv1
