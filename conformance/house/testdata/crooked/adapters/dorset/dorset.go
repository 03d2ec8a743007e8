package dorset
