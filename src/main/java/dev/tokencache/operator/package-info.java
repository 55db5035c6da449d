/** What an operator uses besides the service: {@code doctor} and what it needs of the running instances. */
@NullMarked
package dev.tokencache.operator;

import org.jspecify.annotations.NullMarked;
