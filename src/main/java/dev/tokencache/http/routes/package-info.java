/** The routes that are not REST resources, and the description of the API. */
@NullMarked
package dev.tokencache.http.routes;

import org.jspecify.annotations.NullMarked;
