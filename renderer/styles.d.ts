/** Stylesheets are taken in by the build; nothing of them is used as a value. */
declare module '*.css' {}
