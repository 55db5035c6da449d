<?php
// Answers each line "recipe command token" with one line.
require 'identity.php';

while (($line = fgets(STDIN)) !== false) {
    $_SERVER['HTTP_X_AUTH_IDENTITY'] = explode(' ', trim($line, "\n"))[2];
    try {
        echo 'active ' . identity()['sub'] . "\n";
    } catch (RuntimeException $failure) {
        echo 'failed ' . $failure->getMessage() . "\n";
    }
}
