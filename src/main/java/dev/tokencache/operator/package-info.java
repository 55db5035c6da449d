/** What an operator uses in addition to the service: {@code doctor} and what it needs of the running instances. */
@NullMarked
package dev.tokencache.operator;

import org.jspecify.annotations.NullMarked;
