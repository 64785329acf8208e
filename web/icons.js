/** Line icons on a 24 by 24 grid, as paths. */
export const PHONE = "M6.6 3.5 9 3l2 5-2 1.6a12 12 0 0 0 5.4 5.4L16 13l5 2-.5 2.4a3 3 0 0 1-3 2.6A14.5 14.5 0 0 1 4 6.5a3 3 0 0 1 2.6-3z";
export const ALERT = "M12 3.5 21.5 20h-19zM12 10v4.5M12 17.2v.1";
export const PRINTER = "M7 9V4h10v5M7 17H4V9h16v8h-3M7 14h10v6H7z";
export const COPY = "M9 9h11v11H9zM15 9V4H4v11h5";
export const FILE = "M12 4v11m0 0-4.5-4.5M12 15l4.5-4.5M5 20h14";
export const SEND = "M12 20V5m0 0-6 6m6-6 6 6";
export const CLOSE = "M6 6l12 12M18 6 6 18";
export const CHAT = "M4 5h16v11H10l-4.5 4v-4H4z";
export const VISIT = "M6 4h12v16H6zM9.5 9h5M9.5 12.5h5M9.5 16h3";
export const DEVICES = "M4 5h11v9H4zM2 18h9M15 9h5v11h-5zM17 17.5h1";
export const LEAVE = "M10 4H5v16h5M14 8l4 4-4 4M18 12H9";
export const MORE = "M4 7h16M4 12h16M4 17h16";
export const LARGER = "M3 19 9 5l6 14M5.5 14h7M19 7v8M15 11h8";
export const SMALLER = "M3 19 9 5l6 14M5.5 14h7M15 11h8";
export const DOWN = "M12 5v14m0 0-6-6m6 6 6-6";
export const BIN = "M5 7h14M10 7V4.5h4V7M7 7l1 13h8l1-13";
