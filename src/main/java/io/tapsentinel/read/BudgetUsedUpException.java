package io.tapsentinel.read;

/** No request may be sent until older ones age out; none was. */
class BudgetUsedUpException extends WindowFailedException {

    BudgetUsedUpException(String message) {
        super(message);
    }
}
