"""Texts and cells to canonical values. Pure; no message holds what stands there.

cells     what a cell says, if anything: its text, folded for comparing; yes and no
numbers   numbers of documents, whole numbers, amounts, odometer readings
moments   days and instants, as texts, dates and a spreadsheet's serials
"""
