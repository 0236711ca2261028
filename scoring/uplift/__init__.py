"""Whom a treatment changes: learners, their choice by Qini, and the file command."""
