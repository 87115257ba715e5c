package io.tapsentinel.tap.answer;

import java.io.Closeable;
import java.io.IOException;

/** The elements of a document's arrays, one by one, whatever they say. */
interface Elements extends Closeable {

    /**
     * Goes to the next element.
     *
     * @return null at the end of the document
     * @throws TapAnswerException when the document is cut, or something stands where an element, a comma or a bracket should
     */
    JsonScanner.Value next() throws IOException;

    /** The name of the array that the last element stands in. */
    String array();
}
