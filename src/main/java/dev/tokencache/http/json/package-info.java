/** Strict reading and writing of JSON. */
@NullMarked
package dev.tokencache.http.json;

import org.jspecify.annotations.NullMarked;
