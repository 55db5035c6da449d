/** Reads the facts of doctor: from nodes ({@link dev.tokencache.operator.doctor.facts.FactCollector}) or from files. */
@NullMarked
package dev.tokencache.operator.doctor.facts;

import org.jspecify.annotations.NullMarked;
