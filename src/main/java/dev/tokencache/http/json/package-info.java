/**
 * Strict reading and writing of JSON.
 *
 * <p>Start reading at {@link dev.tokencache.http.json.RequestDocument}. It promises that a malformed body of any kind ends in a
 * client error, which never repeats a value.
 */
@NullMarked
package dev.tokencache.http.json;

import org.jspecify.annotations.NullMarked;
