/** A secret for tests; long enough for every HS algorithm. */
export const SECRET = 'pQ7vYt3mK9xWz2Rb5Ns8Dc1Hf6Jg4La0Ue3Oi7Tq9Vy2Mx5Bn8Kw1Zr4Cp6Sd0Gh';
